import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { airfieldJsonSchema } from "../../src/config/json-schema.ts";
import { loadConfig } from "../../src/config/load-config.ts";

const file = new URL("../../docs/configuration.md", import.meta.url);
const text = readFileSync(file, "utf8");
const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, example = ""]) => example);

test.each(examples)("the example in docs/configuration.md is right: %s", (example) => {
  expect(() =>
    loadConfig({ text: example, file: "docs/configuration.md", folder: "/" }),
  ).not.toThrow();
});

test("docs/configuration.md names every field, and its default as it is", () => {
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const missing = fieldsOf(airfieldJsonSchema()).filter(({ name, standard }) => {
    const row = rows.find((line) => (line.split("|")[1] ?? "").includes(`\`${name}\``));
    if (row === undefined) return !text.includes(`\`${name}\``);
    const isSimple = ["string", "number", "boolean"].includes(typeof standard) && standard !== "";
    return isSimple && !text.includes(`\`${String(standard)}\``);
  });
  expect(missing).toEqual([]);
});

interface Field {
  readonly name: string;
  readonly standard: unknown;
}

function fieldsOf(schema: unknown): readonly Field[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, items } = schema as {
    readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
    readonly items?: object;
  };
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      { name, standard: field.default },
      ...fieldsOf(field),
    ]),
    ...fieldsOf(items),
  ].filter(
    ({ name }) => !["group", "version", "patch", "requests", "limits", "resources"].includes(name),
  );
}
