import { spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { filesContract } from "../../../test/contract/files.contract.ts";
import { SystemFiles } from "./system-files.ts";

const files = new SystemFiles();
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "airfield-files-")));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await fs.rm(folder, { recursive: true, force: true });
});

describe("the file system", () => {
  filesContract(async () => ({
    files,
    root: await newFolder(),
    link: (file, target) => fs.symlink(target, file),
  }));
});

test("temporary folders of processes that were killed go with the next one's beginning", async () => {
  const prefix = `airfield-${path.basename(await newFolder()).slice(-6)}-`;
  const gone = spawnSync(process.execPath, ["--version"]).pid;
  const inTemporary = (name: string) => path.join(os.tmpdir(), `${prefix}${name}`);
  const abandoned = inTemporary(`${gone}-abcdef`);
  const others = [inTemporary(`${process.pid}-abcdef`), inTemporary(`${gone}-mine`)];
  for (const folder of [abandoned, ...others]) {
    folders.push(folder);
    await fs.mkdir(folder);
    await fs.writeFile(path.join(folder, "1"), "layer");
  }
  folders.push(await files.makeTemporaryDirectory(prefix));
  await expect(fs.access(abandoned)).rejects.toThrowError("ENOENT");
  for (const folder of others) await fs.access(path.join(folder, "1"));
  // Any command, whatever folders it makes itself.
  await fs.mkdir(abandoned);
  await files.removeAbandonedDirectories(prefix.replace(/\w+-$/, ""));
  await expect(fs.access(abandoned)).rejects.toThrowError("ENOENT");
  for (const folder of others) await fs.access(path.join(folder, "1"));
});

test("a mode is enforced on a file that exists, whatever the umask", async () => {
  const file = path.join(await newFolder(), "config");
  await fs.writeFile(file, "old", { mode: 0o644 });
  await files.writeTextAtomic(file, "new", { mode: 0o666 });
  expect((await fs.stat(file)).mode & 0o777).toBe(0o666);
});

test("a file is replaced, not written over: who reads it reads one or the other", async () => {
  const file = path.join(await newFolder(), "config");
  await fs.writeFile(file, "old");
  const reader = await fs.open(file);
  await files.writeTextAtomic(file, "new", { mode: 0o600 });
  expect(await reader.readFile("utf8")).toBe("old");
  await reader.close();
});

test("many writers at once leave one whole file and nothing else", async () => {
  const folder = await newFolder();
  const file = path.join(folder, "config");
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  await Promise.all(texts.map((text) => files.writeTextAtomic(file, text, { mode: 0o600 })));
  expect(texts).toContain(await files.readText(file));
  expect(await fs.readdir(folder)).toEqual(["config"]);
});

test("a failed write leaves nothing of its own behind", async () => {
  const folder = await newFolder();
  await fs.mkdir(path.join(folder, "taken/inner"), { recursive: true });
  await expect(
    files.writeTextAtomic(path.join(folder, "taken"), "x", { mode: 0o600 }),
  ).rejects.toMatchObject({ code: "file-unwritable" });
  expect(await fs.readdir(folder)).toEqual(["taken"]);
});

test.runIf(process.getuid?.() === 0)("root keeps the file the user's", async () => {
  const file = path.join(await newFolder(), "config");
  await fs.writeFile(file, "old");
  await fs.chown(file, 1234, 1235);
  await files.writeTextAtomic(file, "new", { mode: 0o600 });
  expect(await fs.stat(file)).toMatchObject({ uid: 1234, gid: 1235 });
});

test("says why a file cannot be read or written", async () => {
  const folder = await newFolder();
  using _ = asNobody(folder);
  const file = path.join(folder, "secret");
  await fs.writeFile(file, "x", { mode: 0 });
  await expect(files.readText(file)).rejects.toMatchObject({
    code: "file-unreadable",
    facts: { path: file, reason: "you lack the permission" },
  });
  await fs.chmod(folder, 0o500);
  await expect(files.writeTextAtomic(file, "y", { mode: 0o600 })).rejects.toMatchObject({
    code: "file-unwritable",
  });
  await fs.chmod(folder, 0o700);
});

/** Root may read and write everything: it is somebody else for a while, whose the folder is. */
function asNobody(folder: string): Disposable {
  const nobody = 65_534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    chownSync(folder, nobody, nobody);
    process.seteuid?.(nobody);
  }
  return { [Symbol.dispose]: () => void (isRoot && process.seteuid?.(0)) };
}
