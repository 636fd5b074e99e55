import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepCompiled } from "./compile-cache.ts";

const program = import.meta.filename;
const build = `${Math.trunc(statSync(program).mtimeMs)}`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "airfield-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("removes what builds left that were not used for a week", () => {
  const made = ["used", "unused"].map((name) => join(folder, "compiled", name));
  for (const path of made) mkdirSync(path, { recursive: true });
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  utimesSync(join(folder, "compiled", "used"), daysAgo(6), daysAgo(6));
  utimesSync(join(folder, "compiled", "unused"), daysAgo(8), daysAgo(8));
  keepCompiled(folder, program);
  expect(made.map((path) => existsSync(path))).toEqual([true, false]);
  expect(existsSync(join(folder, "compiled", build))).toBe(true);
});

test("does without a folder that cannot be made", () => {
  expect(() => keepCompiled("/dev/null/no", program)).not.toThrow();
  expect(() => keepCompiled(folder, join(folder, "no-program"))).not.toThrow();
});
