import { settingLine } from "../../spring/plan/describe-settings.ts";
import type { ObjectsPreview } from "../../spring/handover/preview-application.ts";
import type { UpSeveralResult } from "../../spring/up/up-several.ts";
import { renderData, type ResultFormat } from "./output-format.ts";

/** An answer is shown as a sign of life, not as a download. */
const SHOWN_CHARACTERS = 1000;

/** Where it is and what it said; that it is up was the last line of progress. */
export function describeUp(result: UpSeveralResult[number]): string {
  // A database has nothing to open; that it is up was told.
  if ("type" in result) return "";
  const { name, url, access, answer } = result;
  const lines = [
    ...(url === undefined ? [] : [`${name}: ${url}`]),
    ...(access === undefined
      ? []
      : [`${name}: http://127.0.0.1:8080, as long as this runs:`, `  ${access}`]),
    ...(answer === undefined
      ? []
      : [`GET ${answer.url} answered ${answer.status}:`, shown(answer.body)]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Plain objects of Kubernetes, as `kubectl apply -f -` takes them from a pipe. */
export async function describePreviews(
  previews: readonly ObjectsPreview[],
  format: ResultFormat,
): Promise<string> {
  const objects = [...namespacesOf(previews), ...previews.flatMap((preview) => preview.objects)];
  if (format === "json") {
    // Beside the items, where kubectl passes it over.
    const settings = previews.flatMap(({ name, namespace, settings: report }) =>
      report === undefined ? [] : [{ application: name, namespace, ...report }],
    );
    return renderData({ apiVersion: "v1", kind: "List", settings, items: objects }, "json");
  }
  const documents = await Promise.all(objects.map((object) => renderData(object, "yaml")));
  return [...previews.map(commentOf), ...documents.map((document) => `---\n${document}`)].join("");
}

/** Where the ports and paths come from; a pipe to kubectl passes comments over. */
function commentOf({ name, settings: report }: ObjectsPreview): string {
  if (report === undefined) return "";
  const lines = [`${name}, read by ${report.readBy}:`, ...report.settings.map(settingLine)];
  return lines.map((line, at) => `# ${at === 0 ? "" : "  "}${line}\n`).join("");
}

/** `up` makes a namespace that is missing. */
function namespacesOf(previews: readonly ObjectsPreview[]): readonly unknown[] {
  const names = new Set(previews.map(({ namespace }) => namespace));
  names.delete("default");
  return [...names].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

function shown(body: string): string {
  const text = body.trim();
  if (text === "") return "(an empty body)";
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)} …`;
}
