import { execFile } from "node:child_process";
import {
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";

const program = fileURLToPath(import.meta.resolve("../fixtures/update-kubeconfig.ts"));
const run = promisify(execFile);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "airfield-kubeconfig-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Five processes with ten changes each. */
async function updateFiftyTimes(path: string): Promise<void> {
  await Promise.all(
    [0, 10, 20, 30, 40].map((first) =>
      run(process.execPath, ["--no-warnings", program, path, String(first), "10"]),
    ),
  );
}

async function contextsOf(path: string): Promise<number> {
  const { contexts } = parse(await readFile(path, "utf8")) as {
    readonly contexts: readonly { readonly name: string }[];
  };
  return new Set(contexts.map(({ name }) => name)).size;
}

test("fifty changes by five processes at once all land, and no lock or temporary file stays", async () => {
  const path = join(folder, "config");
  await updateFiftyTimes(path);
  expect(await contextsOf(path)).toBe(50);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["config"]);
}, 60_000);

test("they land behind a symlink too, which stays one", async () => {
  const target = join(folder, "target");
  const path = join(folder, "config");
  await writeFile(target, "kind: Config\nx-mine: kept\n", { mode: 0o644 });
  await symlink("target", path);
  await updateFiftyTimes(path);
  expect(await readlink(path)).toBe("target");
  expect(await contextsOf(target)).toBe(50);
  expect(await readFile(target, "utf8")).toContain("x-mine: kept");
  expect((await readdir(folder)).sort()).toEqual(["config", "target"]);
}, 60_000);
