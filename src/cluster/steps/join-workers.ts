import { nodeOf } from "../../nodes/node.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { discoveryPath, kubeadmConfigPath, renderDiscovery } from "../kubeadm-documents.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

export const joinWorkers: Step<CreationContext> = {
  id: "join-workers",
  title: ({ plan }) =>
    `Joining ${workersOf(plan).length} ${workersOf(plan).length === 1 ? "worker" : "workers"}`,
  after: ["init-control-plane"],
  appliesTo: ({ plan }) => workersOf(plan).length > 0,
  async run({ plan, ports }, { signal, progress }) {
    const controlPlane = nodeOf(ports.engine, firstControlPlane(plan).name);
    const certificateAuthority = await controlPlane.run(["cat", "/etc/kubernetes/pki/ca.crt"], {
      signal,
    });
    const discovery = renderDiscovery(controlPlane.name, certificateAuthority);
    const workers = workersOf(plan);
    let joined = 0;
    await allDone(
      workers.map(async ({ name }) => {
        await ports.engine.putFiles(
          name,
          [{ path: discoveryPath, content: discovery, mode: 0o600 }],
          { signal },
        );
        await nodeOf(ports.engine, name).run(["kubeadm", "join", `--config=${kubeadmConfigPath}`], {
          signal,
        });
        progress(`${++joined} of ${workers.length} joined`, joined / workers.length);
      }),
    );
  },
};

function workersOf(plan: CreationContext["plan"]) {
  return plan.nodes.filter(({ role }) => role === "worker");
}
