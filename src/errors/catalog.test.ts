import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalog } from "./catalog.ts";
import type { CatalogEntry, Texts } from "./catalog-entry.ts";
import { warnings } from "./catalog/warnings.ts";
import { ExitCode } from "./exit-codes.ts";

const failures = Object.entries(catalog as Record<string, CatalogEntry<object>>);
const everything = [
  ...failures,
  ...Object.entries(warnings as unknown as Record<string, Texts<object>>),
];
const source = new URL("..", import.meta.url);

test.each(everything)("%s says what happened and what to do", (_code, entry) => {
  for (const [message, hint] of textsOf(entry)) {
    expect(message).toMatch(/^\S[\s\S]*$/);
    expect(hint).toMatch(/^\S[\s\S]*[^\s,]$/);
    expect(`${message} ${hint}`).not.toMatch(/undefined|\[object|\{\w+\}/);
  }
});

test.each(everything)("%s leaves labels to the renderer", (_code, entry) => {
  for (const text of textsOf(entry).flat()) expect(text).not.toMatch(/^(error|hint|warning)\b:?/i);
});

test.each(everything)("%s shows something else in each of its examples", (_code, entry) => {
  const texts = textsOf(entry).map((pair) => pair.join("\n"));
  expect(new Set(texts).size).toBe(texts.length);
});

test.each(failures)("%s has a documented exit code", (_code, entry) => {
  expect(Object.values(ExitCode)).toContain(entry.exitCode);
});

test("codes are in kebab-case, and none is that of a failure and of a warning", () => {
  const codes = everything.map(([code]) => code);
  expect(codes.filter((code) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
  expect(new Set(codes).size).toBe(codes.length);
});

test("every failure is thrown and every warning is told somewhere", () => {
  const text = textOf((path) => !isTest(path));
  // By its own name, or as one of several that a condition or a table chooses from. Asking for it does not count.
  const isUsed = (code: string) =>
    new RegExp(`(\\b(ToolError|warningOf)\\(\\s*|[?:]\\s*)"${code}"`).test(text);
  const unused = everything.map(([code]) => code).filter((code) => !isUsed(code));
  expect(unused).toEqual([]);
});

test("every code is asserted by a test", () => {
  const text = textOf((path) => isTest(path) || path.includes("fakes/"));
  const untested = everything.map(([code]) => code).filter((code) => !text.includes(`"${code}"`));
  expect(untested).toEqual([]);
});

function textsOf({ message, hint, examples }: Texts<object>): readonly [string, string][] {
  return examples.map((facts) => [message(facts), hint(facts)]);
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

/** Of the sources, but for the catalogue's own. */
function textOf(isWanted: (path: string) => boolean): string {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("errors/") && isWanted(path))
    .map((path) => readFileSync(new URL(path, source), "utf8"))
    .join("\n");
}
