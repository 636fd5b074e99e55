import type { PreparedComponent } from "../../components/prepare.ts";
import type { LoadedImage, LoadReport } from "../../images/deliver/deliver-images.ts";
import type { PrunedEngineImage } from "../../components/prune-engine-images.ts";
import type { ImageOnNode } from "../../images/list-node-images.ts";
import type { PruneReport } from "../../images/prune-images.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import { type OutputFormat, renderData, type ResultFormat } from "./output-format.ts";
import { renderTable } from "./table.ts";

export async function printLoadReport(report: LoadReport, format: ResultFormat): Promise<string> {
  return format === "text" ? describeLoadedImages(report) : renderData(report, format);
}

function describeLoadedImages(report: LoadReport): string {
  if (report.images.length === 0) return "There is nothing to load.\n";
  return renderTable(report.images, [
    ["IMAGE", ({ image }) => image],
    ["NODE", ({ node }) => node],
    ["RESULT", describeLoad],
  ]);
}

function describeLoad({ action, bytes, ms }: LoadedImage): string {
  switch (action) {
    case "present":
      return "was there";
    case "tagged":
      return "was there under another name";
    case "sent":
      return `sent ${megabytes(bytes)} in ${formatDuration(ms)}`;
  }
}

/** Bytes as docker and crictl tell them. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export async function printImages(
  images: readonly ImageOnNode[],
  format: OutputFormat,
): Promise<string> {
  if (format === "json" || format === "yaml") return renderData(images, format);
  return renderTable(images, [
    ["NODE", ({ node }) => node],
    ["IMAGE", ({ image }) => image],
    ["SIZE", ({ sizeBytes }) => megabytes(sizeBytes)],
    ["SHARED", ({ sharedBytes }) => megabytes(sharedBytes)],
    ["LOADED", ({ isLoaded }) => (isLoaded ? "yes" : "-")],
  ]);
}

export function describePrunedImages(
  report: PruneReport | readonly PrunedEngineImage[],
  isDryRun: boolean,
): string {
  const end = (bytes: number) =>
    `${isDryRun ? "would free" : "freed"} ${megabytes(bytes)}${isDryRun ? "; nothing was removed" : ""}\n`;
  if ("removed" in report) {
    if (report.removed.length === 0) return "There is nothing to remove.\n";
    const rows = renderTable(report.removed, [
      ["NODE", ({ node }) => node],
      ["IMAGE", ({ image }) => image],
      ["SIZE", ({ bytes }) => megabytes(bytes)],
    ]);
    return rows + end(report.freedBytes);
  }
  if (report.length === 0) return "There is nothing to remove.\n";
  const rows = renderTable(report, [
    ["IMAGE", ({ image }) => image],
    ["WHY", ({ why }) => why],
    ["SIZE", ({ bytes }) => megabytes(bytes)],
  ]);
  return rows + (isDryRun ? "nothing was removed\n" : "");
}

export function describeComponents(components: readonly PreparedComponent[]): string {
  return renderTable(components, [
    ["COMPONENT", ({ component }) => component],
    ["IMAGE", ({ image }) => image],
  ]);
}
