import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { SystemFileWatcher } from "./system-file-watcher.ts";

/** A watched folder with src/main/A.java in it, and the relative paths that were told. */
async function watched() {
  const root = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "airfield-watch-")));
  await fs.mkdir(path.join(root, "src/main"), { recursive: true });
  await fs.mkdir(path.join(root, "target"));
  await fs.writeFile(path.join(root, "src/main/A.java"), "a");
  const abort = new AbortController();
  const told = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    running = new SystemFileWatcher().watch(root, {
      signal: abort.signal,
      isIgnored: (folder) => path.basename(folder) === "target",
      onReady: resolve,
      onChange: (file) => told.add(path.relative(root, file)),
    });
  });
  onTestFinished(async () => {
    abort.abort();
    await running;
    await fs.rm(root, { recursive: true });
  });
  return {
    at: (file: string) => path.join(root, file),
    told,
    hasTold: (file: string) => vi.waitFor(() => expect([...told]).toContain(file)),
    abort,
    running: () => running,
  };
}

test("tells a file that is written over, and one that is replaced as editors do", async () => {
  const { at, hasTold, told } = await watched();
  await fs.writeFile(at("src/main/A.java"), "b");
  await hasTold("src/main/A.java");
  told.clear();
  await fs.writeFile(at("src/main/.A.swp"), "c");
  await fs.rename(at("src/main/.A.swp"), at("src/main/A.java"));
  await hasTold("src/main/A.java");
});

test("tells what is in a folder that comes with its files, and what changes there later", async () => {
  const { at, hasTold } = await watched();
  await fs.mkdir(at("outside/deep"), { recursive: true });
  await fs.writeFile(at("outside/deep/B.java"), "b");
  await fs.rename(at("outside"), at("src/inside"));
  await hasTold("src/inside/deep/B.java");
  await fs.writeFile(at("src/inside/deep/C.java"), "c");
  await hasTold("src/inside/deep/C.java");
});

test("tells removals, and watches a folder that is replaced by another of its name", async () => {
  const { at, hasTold, told } = await watched();
  await fs.rm(at("src/main"), { recursive: true });
  await hasTold("src/main");
  await fs.mkdir(at("src/main"));
  await fs.writeFile(at("src/main/D.java"), "d");
  await hasTold("src/main/D.java");
  told.clear();
  await fs.writeFile(at("src/main/D.java"), "dd");
  await hasTold("src/main/D.java");
});

test("says nothing of folders that are ignored", async () => {
  const { at, hasTold, told } = await watched();
  await fs.writeFile(at("target/A.class"), "a");
  await fs.mkdir(at("src/target"));
  await fs.writeFile(at("src/target/B.class"), "b");
  await fs.writeFile(at("src/main/A.java"), "b");
  await hasTold("src/main/A.java");
  expect([...told]).toEqual(["src/main/A.java"]);
});

test("ends when it is told to, also before it has begun", async () => {
  const { abort, running } = await watched();
  abort.abort();
  await running();
  const onReady = vi.fn();
  const options = { signal: abort.signal, isIgnored: () => false, onReady, onChange: vi.fn() };
  await new SystemFileWatcher().watch(os.tmpdir(), options);
  expect(onReady).not.toHaveBeenCalled();
});
