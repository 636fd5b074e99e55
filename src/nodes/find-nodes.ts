import { ToolError } from "../errors/tool-error.ts";
import type { ContainerEngine, ContainerSummary } from "../ports/container-engine.ts";
import { label } from "./labels.ts";
import { isNodeRole } from "./roles.ts";

type Lister = Pick<ContainerEngine, "listContainers">;

/** The nodes among these containers: control planes first, then by name as people count. */
export function nodesOf(containers: readonly ContainerSummary[]): readonly ContainerSummary[] {
  return containers
    .filter((container) => isNodeRole(roleOf(container)))
    .sort(
      (a, b) =>
        roleOf(a).localeCompare(roleOf(b)) || a.name.localeCompare(b.name, "en", { numeric: true }),
    );
}

/** What the container does in its cluster: Airfield's label, else kind's. */
export function roleOf({ labels }: Pick<ContainerSummary, "labels">): string {
  return labels[label.role] ?? labels[label.kindRole] ?? "";
}

/** Names of the clusters that these containers belong to, sorted. */
export function clusterNames(containers: readonly ContainerSummary[]): readonly string[] {
  const names = containers.map(
    ({ labels }) => labels[label.cluster] ?? labels[label.kindCluster] ?? "",
  );
  return [...new Set(names)].filter(Boolean).sort();
}

/**
 * Names of the nodes of a cluster, or the chosen ones. Clusters of kind count: their nodes carry the same labels.
 *
 * @throws ToolError `cluster-not-found`, `node-not-found`
 */
export async function findNodeNames(
  { cluster, nodes: chosen }: { readonly cluster: string; readonly nodes?: readonly string[] },
  engine: Lister,
): Promise<readonly string[]> {
  const known = (await findNodes(cluster, engine)).map(({ name }) => name);
  for (const node of chosen ?? [])
    if (!known.includes(node)) throw new ToolError("node-not-found", { node, cluster, known });
  return chosen === undefined ? known : [...new Set(chosen)];
}

/**
 * A control plane of a cluster of Airfield's or kind's.
 *
 * @throws ToolError `cluster-not-found`
 */
export async function findControlPlane(cluster: string, engine: Lister): Promise<ContainerSummary> {
  const nodes = await findNodes(cluster, engine);
  const controlPlane = nodes.find((node) => roleOf(node) === "control-plane");
  if (controlPlane === undefined) throw await clusterNotFound(cluster, label.kindCluster, engine);
  return controlPlane;
}

async function findNodes(cluster: string, engine: Lister): Promise<readonly ContainerSummary[]> {
  const labels = { [label.kindCluster]: cluster };
  const nodes = nodesOf(await engine.listContainers({ labels }));
  if (nodes.length === 0) throw await clusterNotFound(cluster, label.kindCluster, engine);
  return nodes;
}

/** The error that names the clusters there are: those whose containers carry `marked`. */
export async function clusterNotFound(
  name: string,
  marked: typeof label.cluster | typeof label.kindCluster,
  engine: Lister,
): Promise<ToolError> {
  const all = await engine.listContainers({ labels: { [marked]: "" } });
  return new ToolError("cluster-not-found", { name, known: clusterNames(all) });
}
