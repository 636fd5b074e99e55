import type { ContainerEngine } from "../ports/container-engine.ts";
import { clusterNames, clusterNotFound, nodesOf, roleOf } from "./find-nodes.ts";
import { label } from "./labels.ts";

export interface NodeSummary {
  readonly name: string;
  readonly cluster: string;
  readonly role: string;
  readonly state: string;
  /** Address on the cluster's network; empty while the node does not run. */
  readonly address: string;
  readonly image: string;
}

/**
 * Nodes of one cluster of Airfield's, or of all.
 *
 * @throws ToolError `cluster-not-found`
 */
export async function listNodes(
  { name }: { readonly name?: string },
  { engine }: { readonly engine: Pick<ContainerEngine, "listContainers" | "inspectContainer"> },
): Promise<readonly NodeSummary[]> {
  const containers = await engine.listContainers({ labels: { [label.cluster]: name ?? "" } });
  if (name !== undefined && nodesOf(containers).length === 0)
    throw await clusterNotFound(name, label.cluster, engine);
  const byCluster = clusterNames(containers).flatMap((cluster) =>
    nodesOf(containers.filter(({ labels }) => labels[label.cluster] === cluster)),
  );
  return Promise.all(
    byCluster.map(async (node) => {
      const details = await engine.inspectContainer(node.id);
      return {
        name: node.name,
        cluster: node.labels[label.cluster] ?? "",
        role: roleOf(node),
        state: node.state,
        address: Object.values(details?.addresses ?? {})[0] ?? "",
        image: node.image,
      };
    }),
  );
}
