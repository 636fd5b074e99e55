import { firstControlPlane } from "../../../nodes/plan-nodes.ts";
import { kubectl, runOnNode } from "../../../nodes/run-on-node.ts";
import { allDone } from "../../../steps/all-done.ts";
import { renderRegistryHosting } from "../../../nodes/bootstrap/bootstrap-files.ts";
import type { CreationContext } from "../creation-context.ts";
import { clusterRegistry, plannedNodeFiles } from "../plan-cluster.ts";
import type { Step } from "../../../steps/step.ts";

/**
 * Nodes know the registry's planned address from their start. Only when its port was taken by then, and it
 * has another, the nodes and the cluster get the new one.
 */
export const connectRegistry: Step<CreationContext> = {
  id: "connect-registry",
  title: () => "Connecting registry",
  after: ["start-registry", "init-control-plane"],
  appliesTo: ({ plan }) => plan.registry !== undefined,
  async run({ plan, ports, found, access }, { signal }) {
    const registry = clusterRegistry(plan, found.registryHostPort);
    if (registry === undefined || found.registryHostPort === plan.registry?.hostPort)
      return { skipped: "the nodes know it" };
    const files = plannedNodeFiles(plan, access, registry);
    await allDone(plan.nodes.map((node) => ports.engine.putFiles(node.name, files, { signal })));
    await runOnNode(ports.engine, firstControlPlane(plan).name, kubectl("apply", "-f", "-"), {
      stdin: renderRegistryHosting(registry),
      signal,
    });
    return undefined;
  },
};
