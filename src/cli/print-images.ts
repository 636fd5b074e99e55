import type { PreparedComponent } from "../components/prepare.ts";
import type { LoadedImage, LoadReport } from "../images/deliver-images.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { renderTable } from "./table.ts";

export function describeLoadedImages(report: LoadReport): string {
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
      return `sent ${(bytes / 1e6).toFixed(1)} MB in ${formatDuration(ms)}`;
  }
}

export function describeComponents(components: readonly PreparedComponent[]): string {
  return renderTable(components, [
    ["COMPONENT", ({ component }) => component],
    ["IMAGE", ({ image }) => image],
  ]);
}
