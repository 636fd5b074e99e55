import { ToolError } from "../errors/tool-error.ts";
import { clusterNames, nodesOf, roleOf } from "../nodes/find-nodes.ts";
import { label } from "../nodes/labels.ts";
import type { ContainerSummary } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";

export interface FoundCluster {
  readonly name: string;
  /** Nodes by name. */
  readonly nodes: readonly ContainerSummary[];
  readonly controlPlane: ContainerSummary;
}

/**
 * A cluster's containers, found by label.
 *
 * @throws ToolError `cluster-not-found`; `cluster-incomplete` when its control plane is gone or does not run
 */
export async function findCluster(
  name: string,
  { engine }: Pick<Ports, "engine">,
): Promise<FoundCluster> {
  const all = await engine.listContainers({ labels: { [label.cluster]: "" } });
  const nodes = nodesOf(all.filter(({ labels }) => labels[label.cluster] === name));
  if (nodes.length === 0)
    throw new ToolError("cluster-not-found", { name, known: clusterNames(all) });
  const controlPlane = nodes.find((node) => roleOf(node) === "control-plane");
  if (controlPlane === undefined)
    throw new ToolError("cluster-incomplete", { name, reason: "its control plane is gone" });
  if (controlPlane.state !== "running")
    throw new ToolError("cluster-incomplete", {
      name,
      reason: `its control plane ${controlPlane.name} is ${controlPlane.state}`,
    });
  return { name, nodes, controlPlane };
}
