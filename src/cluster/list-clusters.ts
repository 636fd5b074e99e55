import { clusterNames, nodesOf, roleOf } from "../nodes/find-nodes.ts";
import { label } from "../nodes/labels.ts";
import type { ContainerSummary } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries } from "../registry/find-registries.ts";

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

function statusOf(nodes: readonly ContainerSummary[]): ClusterSummary["status"] {
  if (!nodes.some((node) => roleOf(node) === "control-plane")) return "incomplete";
  const running = nodes.filter(({ state }) => state === "running").length;
  if (running === nodes.length) return "running";
  return running === 0 ? "stopped" : "partial";
}
