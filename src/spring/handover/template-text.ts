import { yamlText } from "./text-file.ts";

/**
 * Text of a Helm template in place of a value. An object that holds some is rendered as YAML first, with a mark
 * for each; text built by hand would have to know YAML's quoting.
 */
export interface TemplatePart {
  readonly [templatePart]: true;
  /** Takes the place of a scalar: `replicas: {{ … }}`. */
  readonly inline?: string;
  /** Lines of their own at the indentation of the value, for mappings and items of lists. */
  readonly lines?: readonly string[];
  /** Takes the place of its key, too: more entries of the mapping that it stands in. */
  readonly entries?: string;
}

const templatePart: unique symbol = Symbol("templatePart");

export function inline(text: string): TemplatePart {
  return { [templatePart]: true, inline: text };
}

/** `INDENT` in a line becomes the number of columns at which it stands. */
export function lines(...text: readonly string[]): TemplatePart {
  return { [templatePart]: true, lines: text };
}

/** To be put under any key of the mapping that gets the entries. */
export function entries(text: string): TemplatePart {
  return { [templatePart]: true, entries: text };
}

const MARK = "airfield-template-part";

/** The object as a Helm template. Braces of its own values stay what they are: no template of Helm's. */
export function renderTemplate(object: unknown): string {
  const parts: TemplatePart[] = [];
  const marked = withMarks(object, parts);
  return yamlText(marked)
    .split("\n")
    .map((line) => withParts(escapeBraces(line), parts))
    .join("\n");
}

function withMarks(value: unknown, parts: TemplatePart[]): unknown {
  if (isTemplatePart(value)) {
    parts.push(value);
    return `${MARK}-${parts.length - 1}-`;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => withMarks(item, parts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withMarks(inner, parts)]),
  );
}

function isTemplatePart(value: unknown): value is TemplatePart {
  return typeof value === "object" && value !== null && templatePart in value;
}

function withParts(line: string, parts: readonly TemplatePart[]): string {
  const match = new RegExp(`^(\\s*)((?:- )?[^\\s]*:? ?)${MARK}-(\\d+)-(.*)$`).exec(line);
  const part = parts[Number(match?.[3])];
  if (match === null || part === undefined) return line;
  const [, indent = "", lead = ""] = match;
  if (part.inline !== undefined) return `${indent}${lead}${part.inline}`;
  if (part.entries !== undefined) {
    return indent + part.entries.replaceAll("INDENT", String(indent.length));
  }
  // An item of a list stands where its dash stood; a mapping below its key, deeper by one step.
  const isItem = lead === "- ";
  const inner = isItem ? indent : `${indent}  `;
  const text = (part.lines ?? []).map(
    (each) => inner + each.replaceAll("INDENT", String(inner.length)),
  );
  return (isItem ? text : [`${indent}${lead.trimEnd()}`, ...text]).join("\n");
}

/** https://helm.sh/docs/chart_template_guide/functions_and_pipelines/: text outside of braces is taken as it is. */
function escapeBraces(line: string): string {
  return line.replace(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
}
