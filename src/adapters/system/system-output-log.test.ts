import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SystemOutputLog } from "./system-output-log.ts";

let cacheFolder: string;

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "airfield-log-"));
});

afterEach(async () => {
  await rm(cacheFolder, { recursive: true });
});

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test("the file is made with the first text, and is its owner's alone", async () => {
  const log = new SystemOutputLog({ cacheFolder, name: "2026-01-01T00-00-00-1" });
  expect(log.path).toBeUndefined();
  expect(await readdir(cacheFolder)).toEqual([]);
  log.write("one\n");
  log.write("two\n");
  expect(log.path).toBe(join(cacheFolder, "logs/2026-01-01T00-00-00-1.log"));
  expect(await readFile(log.path ?? "", "utf8")).toBe("one\ntwo\n");
  expect(await modeOf(log.path ?? "")).toBe(0o600);
  expect(await modeOf(join(cacheFolder, "logs"))).toBe(0o700);
});

test("the oldest logs go, and nothing else does", async () => {
  await mkdir(join(cacheFolder, "logs"));
  const old = Array.from(
    { length: 25 },
    (_, at) => `2025-01-${String(at + 1).padStart(2, "0")}.log`,
  );
  for (const name of [...old, "a.txt"]) await writeFile(join(cacheFolder, "logs", name), "");
  new SystemOutputLog({ cacheFolder, name: "2026-01-01" }).write("new\n");
  expect(await readdir(join(cacheFolder, "logs"))).toEqual([
    ...old.slice(6),
    "2026-01-01.log",
    "a.txt",
  ]);
});

test("the file has an end", async () => {
  const log = new SystemOutputLog({ cacheFolder, name: "1" });
  for (let at = 0; at < 20; at += 1) log.write("x".repeat(1024 * 1024));
  const text = await readFile(log.path ?? "", "utf8");
  expect(text.length).toBeLessThan(16.1 * 1024 * 1024);
  expect(text.endsWith("kept here\n")).toBe(true);
});

test("where none can be made, there is none, and the work goes on", async () => {
  await writeFile(join(cacheFolder, "logs"), "a file");
  const log = new SystemOutputLog({ cacheFolder, name: "1" });
  log.write("one\n");
  expect(log.path).toBeUndefined();
});
