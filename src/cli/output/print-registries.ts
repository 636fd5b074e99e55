import type { NodeUpdate, UpdatedCluster } from "../../cluster/update-cluster.ts";
import type { CreatedRegistry } from "../../registry/create-registry.ts";
import type { RegistrySummary } from "../../registry/list-registries.ts";
import type { PrunedRegistry } from "../../registry/prune-registry.ts";
import { type OutputFormat, renderData } from "./output-format.ts";
import { renderTable } from "./table.ts";

export function describeCreatedRegistry({ name, address }: CreatedRegistry): string {
  return [`docker push ${address}/IMAGE`, `airfield create cluster --registry ${name}`, ""].join(
    "\n",
  );
}

export async function printRegistries(
  registries: readonly RegistrySummary[],
  format: OutputFormat,
  { showsContent }: { readonly showsContent: boolean },
): Promise<string> {
  if (format === "json" || format === "yaml") return renderData(registries, format);
  if (format === "name") return registries.map(({ name }) => `${name}\n`).join("");
  if (registries.length === 0)
    return "There are no registries. A cluster brings its own; create one to share: airfield create registry\n";
  const table = renderTable(registries, [
    ["NAME", ({ name }) => name],
    ["KIND", ({ kind }) => kind],
    ["ADDRESS", ({ address }) => address ?? "-"],
    ["STATUS", ({ status }) => status],
    ["CLUSTERS", ({ clusters }) => clusters.join(",") || "-"],
    ["REPOSITORIES", ({ repositories }) => String(repositories?.length ?? "-")],
    ["DISK", ({ sizeBytes }) => (sizeBytes === undefined ? "-" : megabytes(sizeBytes))],
  ]);
  return showsContent ? `${table}${registries.map(content).join("")}` : table;
}

function content({ repositories = [] }: RegistrySummary): string {
  if (repositories.length === 0) return "";
  const table = renderTable(repositories, [
    ["REPOSITORY", ({ name }) => name],
    ["TAGS", ({ tags }) => tags.join(",") || "-"],
    ["UNTAGGED", ({ untagged }) => String(untagged)],
  ]);
  return `\n${table}`;
}

export function describePrunedRegistries(pruned: readonly PrunedRegistry[]): string {
  if (pruned.length === 0) return "";
  return renderTable(pruned, [
    ["NAME", ({ name }) => name],
    ["RESULT", ({ outcome }) => outcome],
    ["BEFORE", ({ bytesBefore }) => megabytes(bytesBefore)],
    ["AFTER", ({ bytesAfter }) => megabytes(bytesAfter)],
  ]);
}

export function describeUpdatedCluster({ nodes }: UpdatedCluster): string {
  return nodes.map(describeNode).join("");
}

function describeNode({ node, written, removed, restarted }: NodeUpdate): string {
  if (written.length + removed.length + restarted.length === 0) return `${node}: no change\n`;
  const lines = [
    ...written.map((path) => `wrote ${path}`),
    ...removed.map((path) => `removed ${path}`),
    ...restarted.map((service) => `restarted ${service}`),
  ];
  return [`${node}:`, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
