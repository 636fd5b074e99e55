import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalog } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import { ExitCode } from "./exit-codes.ts";
import { placeholderFacts } from "./placeholder-facts.ts";

const entries = Object.entries(catalog as Record<string, CatalogEntry<object>>);
const source = new URL("..", import.meta.url);

test.each(entries)("%s says what happened and what to do", (_code, { message, hint }) => {
  expect(String(message(placeholderFacts()))).toMatch(/^\S[\s\S]*\S$/);
  expect(String(hint(placeholderFacts()))).toMatch(/^\S[\s\S]*[^\s,]$/);
});

test.each(entries)("%s leaves labels to the renderer", (_code, { message, hint }) => {
  for (const text of [message(placeholderFacts()), hint(placeholderFacts())]) {
    expect(String(text)).not.toMatch(/^(error|hint|warning)\b:?/i);
  }
});

test.each(entries)("%s has a code in kebab-case and a documented exit code", (code, entry) => {
  expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(Object.values(ExitCode)).toContain(entry.exitCode);
});

test("every code is thrown somewhere", () => {
  const text = sourceFiles()
    .map((path) => readFileSync(new URL(path, source), "utf8"))
    .join("\n");
  const unused = entries.map(([code]) => code).filter((code) => !text.includes(`"${code}"`));
  expect(unused).toEqual([]);
});

function sourceFiles(): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith("errors/"),
  );
}
