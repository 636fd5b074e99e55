import { ToolError } from "../errors/tool-error.ts";
import type { ContainerEngine, ContainerSummary } from "../ports/container-engine.ts";

/** kind's labels: tools made for kind find our nodes by them, and we find kind's. */
const clusterLabel = "io.x-k8s.kind.cluster";
const roleLabel = "io.x-k8s.kind.role";
const nodeRoles = ["control-plane", "worker"];

/** A control plane of the cluster. Throws `cluster-not-found`. */
export async function findControlPlane(
  cluster: string,
  engine: Pick<ContainerEngine, "listContainers">,
): Promise<ContainerSummary> {
  const labels = { [clusterLabel]: cluster, [roleLabel]: "control-plane" };
  const [found] = await engine.listContainers({ labels });
  if (found === undefined) throw await clusterNotFound(cluster, engine);
  return found;
}

/** Names of a cluster's nodes, or the chosen ones. Throws `cluster-not-found`, `node-not-found`. */
export async function listNodes(
  { cluster, nodes: chosen }: { readonly cluster: string; readonly nodes?: readonly string[] },
  engine: Pick<ContainerEngine, "listContainers">,
): Promise<readonly string[]> {
  const containers = await engine.listContainers({ labels: { [clusterLabel]: cluster } });
  const known = containers
    .filter(({ labels }) => nodeRoles.includes(labels[roleLabel] ?? ""))
    .map(({ name }) => name)
    .sort();
  if (known.length === 0) throw await clusterNotFound(cluster, engine);
  for (const node of chosen ?? [])
    if (!known.includes(node)) throw new ToolError("node-not-found", { node, cluster, known });
  return chosen === undefined ? known : [...new Set(chosen)];
}

async function clusterNotFound(
  name: string,
  engine: Pick<ContainerEngine, "listContainers">,
): Promise<ToolError> {
  const all = await engine.listContainers({ labels: { [clusterLabel]: "" } });
  const known = new Set(all.map(({ labels }) => labels[clusterLabel] ?? ""));
  return new ToolError("cluster-not-found", { name, known: [...known].sort() });
}
