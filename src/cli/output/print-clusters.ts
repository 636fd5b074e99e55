import type { ClusterInfo } from "../../cluster/create/create-cluster.ts";
import type { ClusterSummary } from "../../cluster/list-clusters.ts";
import type { NodeSummary } from "../../nodes/list-nodes.ts";
import { type OutputFormat, renderData } from "./output-format.ts";
import { renderTable } from "./table.ts";

/** What the last line of progress ("Cluster … is ready") does not say. */
export function describeCreatedCluster(cluster: ClusterInfo): string {
  const { kubernetesVersion, nodes, registry, contextName } = cluster;
  const lines = [
    `Kubernetes ${kubernetesVersion} on ${nodes.length} node${nodes.length === 1 ? "" : "s"}` +
      (registry === undefined ? "" : `, registry ${registry}`),
    `kubectl --context ${contextName} get nodes`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

export async function printClusters(
  clusters: readonly ClusterSummary[],
  format: OutputFormat,
  nowIso: string,
): Promise<string> {
  if (format === "json" || format === "yaml") return renderData(clusters, format);
  if (format === "name") return names(clusters);
  if (clusters.length === 0) return "There are no clusters. Create one: airfield create cluster\n";
  return renderTable(clusters, [
    ["NAME", ({ name }) => name],
    ["STATUS", ({ status }) => status],
    ["NODES", ({ nodes }) => String(nodes)],
    ["REGISTRY", ({ registry }) => registry ?? "-"],
    ["AGE", ({ createdAt }) => age(createdAt, nowIso)],
    ["NODE IMAGE", ({ nodeImage }) => nodeImage],
  ]);
}

export async function printNodes(
  nodes: readonly NodeSummary[],
  format: OutputFormat,
): Promise<string> {
  if (format === "json" || format === "yaml") return renderData(nodes, format);
  if (format === "name") return names(nodes);
  if (nodes.length === 0) return "There are no nodes.\n";
  return renderTable(nodes, [
    ["NAME", ({ name }) => name],
    ["CLUSTER", ({ cluster }) => cluster],
    ["ROLE", ({ role }) => role],
    ["STATE", ({ state }) => state],
    ["ADDRESS", ({ address }) => address || "-"],
    ["IMAGE", ({ image }) => image],
  ]);
}

/** As kubectl tells ages: the largest unit only, from "5s" over "12m" and "3h" to "40d". */
export function age(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
  if (Number.isNaN(seconds)) return "-";
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

function names(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => `${name}\n`).join("");
}
