import { label } from "../nodes/labels.ts";
import type { ContainerSummary } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries } from "../registry/find-registries.ts";
import { clusterNames, findCluster, nodesOf } from "./find-cluster.ts";

export interface ClusterSummary {
  readonly name: string;
  readonly nodes: number;
  /** "running" when all nodes run, "stopped" when none does, "partial" otherwise; "incomplete": no control plane. */
  readonly status: "running" | "stopped" | "partial" | "incomplete";
  readonly nodeImage: string;
  /** "localhost:5001" */
  readonly registry?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface NodeSummary {
  readonly name: string;
  readonly cluster: string;
  readonly role: string;
  readonly state: string;
  /** Address on the cluster's network; empty while the node does not run. */
  readonly address: string;
  readonly image: string;
}

/** All clusters that Airfield made, by name. */
export async function listClusters({
  engine,
}: Pick<Ports, "engine">): Promise<readonly ClusterSummary[]> {
  const [all, registries] = await Promise.all([
    engine.listContainers({ labels: { [label.cluster]: "" } }),
    findRegistries({ engine }),
  ]);
  return clusterNames(all).map((name) => {
    const own = all.filter(({ labels }) => labels[label.cluster] === name);
    const nodes = nodesOf(own);
    const port = registries.find(
      ({ clusters, kind }) => kind !== "cache" && clusters.includes(name),
    )?.hostPort;
    return {
      name,
      nodes: nodes.length,
      status: statusOf(nodes),
      nodeImage: nodes[0]?.image ?? "",
      ...(port === undefined ? {} : { registry: `localhost:${port}` }),
      createdAt: nodes[0]?.createdAt ?? own[0]?.createdAt ?? "",
    };
  });
}

/**
 * Nodes of one cluster, or of all.
 *
 * @throws ToolError `cluster-not-found`
 */
export async function listNodes(
  request: { readonly name?: string },
  { engine }: Pick<Ports, "engine">,
): Promise<readonly NodeSummary[]> {
  const containers =
    request.name === undefined
      ? await engine.listContainers({ labels: { [label.cluster]: "" } })
      : await engine.listContainers({ labels: { [label.cluster]: request.name } });
  // An unknown name gets the same error as everywhere else.
  if (request.name !== undefined && nodesOf(containers).length === 0)
    await findCluster(request.name, { engine });
  const byCluster = clusterNames(containers).flatMap((name) =>
    nodesOf(containers.filter(({ labels }) => labels[label.cluster] === name)),
  );
  return Promise.all(
    byCluster.map(async ({ id, name, labels, state, image }) => {
      const details = await engine.inspectContainer(id);
      return {
        name,
        cluster: labels[label.cluster] ?? "",
        role: labels[label.role] ?? "",
        state,
        address: Object.values(details?.addresses ?? {})[0] ?? "",
        image,
      };
    }),
  );
}

function statusOf(nodes: readonly ContainerSummary[]): ClusterSummary["status"] {
  if (!nodes.some(({ labels }) => labels[label.role] === "control-plane")) return "incomplete";
  const running = nodes.filter(({ state }) => state === "running").length;
  if (running === nodes.length) return "running";
  return running === 0 ? "stopped" : "partial";
}
