import { label } from "../../nodes/labels.ts";
import { isNodeRole } from "../../nodes/roles.ts";
import type { ContainerSummary } from "../../ports/container-engine.ts";
import type { ClusterRow } from "../model/events.ts";

/** The URL that a port container opens, by the container's id. */
export type PublishedPorts = ReadonlyMap<string, string | undefined>;

type NodeOfCluster = ClusterRow["nodes"][number];

/** The clusters that these containers make up, by name; each one's control planes first, then its nodes as people count. */
export function clusterRows(
  containers: readonly ContainerSummary[],
  published: PublishedPorts,
): readonly ClusterRow[] {
  const byCluster = Map.groupBy(containers, ({ labels }) => labels[label.cluster] ?? "");
  return [...byCluster]
    .filter(([name]) => name !== "")
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, own]) => {
      const nodes = own.filter((container) => roleOf(container) !== undefined).toSorted(byRole);
      // What a deleted cluster's registry or ports leave behind for a moment is no cluster.
      return nodes.length === 0 ? [] : [clusterRow(name, { nodes, own, published })];
    });
}

function clusterRow(
  name: string,
  {
    nodes,
    own,
    published,
  }: {
    readonly nodes: readonly ContainerSummary[];
    readonly own: readonly ContainerSummary[];
    readonly published: PublishedPorts;
  },
): ClusterRow {
  const first = nodes.find(({ labels }) => isNodeRole(labels[label.role]));
  const [version] = /v\d+\.\d+\.\d+/.exec(first?.image ?? "") ?? [];
  return {
    name,
    state: stateOf(nodes),
    nodes: nodes.map((container) => ({
      name: container.name,
      role: roleOf(container) ?? "worker",
      state: container.state,
    })),
    ...(version === undefined ? {} : { version }),
    ...(first === undefined ? {} : { image: first.image, createdAt: first.createdAt }),
    published: own.flatMap((container) => publishedBy(container, published)),
  };
}

function publishedBy(
  { id, labels }: ContainerSummary,
  published: PublishedPorts,
): NonNullable<ClusterRow["published"]> {
  const [namespace, service] = (labels[label.service] ?? "").split("/");
  const url = published.get(id);
  if (namespace === undefined || service === undefined || url === undefined) return [];
  return [{ namespace, service, url }];
}

function roleOf({ labels }: ContainerSummary): NodeOfCluster["role"] | undefined {
  const role = labels[label.role];
  return isNodeRole(role) || role === "load-balancer" ? role : undefined;
}

function byRole(a: ContainerSummary, b: ContainerSummary): number {
  return (
    (roleOf(a) ?? "").localeCompare(roleOf(b) ?? "") ||
    a.name.localeCompare(b.name, "en", { numeric: true })
  );
}

function stateOf(nodes: readonly ContainerSummary[]): ClusterRow["state"] {
  const are = (...states: readonly string[]) => nodes.every(({ state }) => states.includes(state));
  if (are("running")) return "running";
  if (are("paused")) return "paused";
  return are("exited", "created", "dead", "removing") ? "stopped" : "partly";
}
