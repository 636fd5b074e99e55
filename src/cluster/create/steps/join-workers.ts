import { ToolError } from "../../../errors/tool-error.ts";
import { readTrouble } from "../../../nodes/bootstrap/component-logs.ts";
import { allDone } from "../../../steps/all-done.ts";
import { consoleOf, type CreationContext } from "../creation-context.ts";
import { discoveryPath, renderDiscovery } from "../../../nodes/bootstrap/kubeadm-documents.ts";
import { awaiting } from "../creation-limit.ts";
import { firstControlPlane } from "../../../nodes/plan-nodes.ts";
import type { ClusterPlan } from "../plan-cluster.ts";
import type { Step } from "../../../steps/step.ts";

/** Gives the workers the file that pins the cluster's CA, for which they wait; done when all are nodes of the cluster. */
export const joinWorkers: Step<CreationContext> = {
  id: "join-workers",
  title: ({ plan }) =>
    `Joining ${workersOf(plan).length} ${workersOf(plan).length === 1 ? "worker" : "workers"}`,
  after: ["init-control-plane"],
  appliesTo: ({ plan }) => workersOf(plan).length > 0,
  async run(context, { signal }) {
    const { plan, ports, found } = context;
    const controlPlane = firstControlPlane(plan).name;
    const discovery = renderDiscovery(controlPlane, found.certificateAuthority);
    const file = { path: discoveryPath, content: discovery, mode: 0o600 };
    const workers = workersOf(plan);
    await allDone(workers.map(({ name }) => ports.engine.putFiles(name, [file], { signal })));
    const joined = consoleOf(context, controlPlane).until(({ word }) => word === "joined", signal);
    // A worker that fails must not be waited for.
    const failure = workers.map(({ name }) =>
      consoleOf(context, name).until(({ word }) => word === "never", signal),
    );
    const missing = new Set(workers.map(({ name }) => name));
    consoleOf(context, controlPlane).listen(({ word, values: [name = ""] }) => {
      if (word === "node") missing.delete(name);
    });
    const late = async (waited: string) => {
      const [first = controlPlane] = missing;
      const details = await readTrouble(first, ports);
      return new ToolError("workers-not-joined", { nodes: [...missing], waited, details });
    };
    await awaiting(context, { late }, () => Promise.race([joined, ...failure]));
  },
};

function workersOf(plan: ClusterPlan) {
  return plan.nodes.filter(({ role }) => role === "worker");
}
