import type * as z from "zod";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { closestName } from "./closest-name.ts";
import { isMapping } from "../formats/mapping.ts";
import { quote } from "./quote.ts";
import { renderPath, type Path, type YamlSource } from "./yaml-source.ts";

/** The faults that one issue of zod stands for, in our words and with their lines. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  source: YamlSource,
  schema: z.ZodType,
): readonly ConfigFault[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      line: source.lineOfKey(path, key),
      path: renderPath([...path, key]),
      reason: describeUnknownField(key, path, schema),
    }));
  }
  const value = isSecret(path) ? "…" : valueAt(source.value, path);
  if (issue.code === "invalid_key") {
    const [nested] = issue.issues;
    const key = path.at(-1);
    return [
      {
        line: source.lineOfKey(path.slice(0, -1), String(key)),
        path: renderPath(path),
        reason: `${quote(key)} is no possible key: ${nested?.message ?? issue.message}`,
      },
    ];
  }
  const line = source.lineOf(path);
  return [{ line, path: renderPath(path), reason: describeValue(issue, value) }];
}

/** What may hold a password is never shown, whatever is wrong with it. */
function isSecret(path: Path): boolean {
  return ["password", "httpProxy", "httpsProxy"].includes(String(path.at(-1)));
}

function describeValue(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue.expected, value);
    case "invalid_value":
      // The schema's own words, where it has any.
      return issue.message.startsWith("Invalid ")
        ? describeChoice(issue.values.map(String), value)
        : `${quote(value)}: ${issue.message}`;
    case "too_small":
    case "too_big":
      if (!issue.message.startsWith("Too ")) return issue.message;
      return issue.code === "too_small"
        ? `${quote(value)} is too small; ${issue.minimum} at least`
        : `${quote(value)} is too large; ${issue.maximum} at most`;
    case "custom":
      return `${quote(value)}: ${issue.message}`;
    default:
      return issue.message;
  }
}

const nameOfType: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: 'a list (lines that begin with "- ")',
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
};

function describeType(expected: string, value: unknown): string {
  const wanted = nameOfType[expected] ?? expected;
  if (value === undefined) return `is missing; it must be ${wanted}`;
  if (value === null) return `is empty; it must be ${wanted}`;
  const found = describeFound(value);
  if (expected === "string" && typeof value !== "object") {
    return `must be ${wanted}, not ${found}; put it in quotes`;
  }
  if (
    (expected === "number" || expected === "int") &&
    typeof value === "string" &&
    /^-?\d+$/.test(value)
  ) {
    return `must be ${wanted}, not ${found}; write it without quotes`;
  }
  if (expected === "boolean" && typeof value === "string") {
    if (/^(true|y|yes|on)$/i.test(value)) return `must be ${wanted}, not ${found}; write true`;
    if (/^(false|n|no|off)$/i.test(value)) return `must be ${wanted}, not ${found}; write false`;
  }
  return `must be ${wanted}, not ${found}`;
}

function describeFound(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  return typeof value === "string" ? `the text ${quote(value)}` : quote(value);
}

function describeChoice(choices: readonly string[], value: unknown): string {
  const known = choices.join(", ");
  if (value === undefined) return `is missing; it must be ${known}`;
  const near = typeof value === "string" ? closestName(value, choices) : undefined;
  const guess = near !== undefined && choices.length > 1 ? `; did you mean ${near}?` : "";
  const article = choices.length > 1 ? "one of " : "";
  return `${describeFound(value)} is not possible; it must be ${article}${known}${guess}`;
}

function describeUnknownField(key: string, path: Path, schema: z.ZodType): string {
  const places = fieldPlaces(schema);
  const here = renderPlace(path);
  const known = places.filter(({ place }) => place === here).map(({ field }) => field);
  const near = closestName(key, known);
  if (near !== undefined) return `there is no such field; did you mean ${near}?`;
  const elsewhere = places.filter(({ field }) => field === key).map(({ place }) => place);
  if (elsewhere.length > 0) {
    return `there is no such field here; it belongs ${elsewhere.map(sayPlace).join(" or ")}`;
  }
  return `there is no such field; there are: ${known.join(", ")}`;
}

interface FieldPlace {
  readonly field: string;
  /** Path of the mapping that has it, with [] for any item of a list. */
  readonly place: string;
}

function renderPlace(path: Path): string {
  return path.map((step) => (typeof step === "number" ? "[]" : `.${step}`)).join("");
}

function sayPlace(place: string): string {
  return place === "" ? "to the top of the file" : `under ${place.slice(1)}`;
}

/** All fields of a schema with their places. */
function fieldPlaces(schema: z.ZodType, place = ""): readonly FieldPlace[] {
  const { def } = schema as unknown as { readonly def: SchemaDefinition };
  if (def.innerType !== undefined) return fieldPlaces(def.innerType, place);
  if (def.type === "array" && def.element !== undefined) {
    return fieldPlaces(def.element, `${place}[]`);
  }
  return Object.entries(def.shape ?? {}).flatMap(([field, inner]) => [
    { field, place },
    ...fieldPlaces(inner, `${place}.${field}`),
  ]);
}

/** The parts of zod's definitions that lead further in. https://zod.dev/packages/core */
interface SchemaDefinition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((current, step) => {
    if (Array.isArray(current)) return current[Number(step)] as unknown;
    return isMapping(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }, value);
}
