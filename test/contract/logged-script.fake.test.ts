import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/logged", import.meta.url));
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "airfield-logged-"));
});

afterEach(async () => {
  await rm(cache, { recursive: true });
});

function logged(shell: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, AIRFIELD_CACHE: cache };
    const child = execFile(script, ["bash", "-c", shell], { env }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

async function theLog(): Promise<string> {
  const [name, ...others] = await readdir(join(cache, "logs"));
  expect(others).toEqual([]);
  return join(cache, "logs", name ?? "");
}

const flood = 'for i in $(seq 100); do echo "go: downloading $i" >&2; done';

test("a flood goes to a file of its owner alone, and what our scripts say is shown", async () => {
  const ran = await logged(
    `echo "images: Building etcd." >&2; ${flood}; echo "ensure-test-tools: done"`,
  );
  expect(ran).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "images: Building etcd.\nensure-test-tools: done\n",
  });
  const log = await theLog();
  expect((await readFile(log, "utf8")).split("\n")).toHaveLength(103);
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test("a failure shows the last lines and the file, and keeps its exit code", async () => {
  const { exitCode, stderr } = await logged(`${flood}; echo "no space left" >&2; exit 3`);
  expect(exitCode).toBe(3);
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(17);
  expect(lines.slice(-2)).toEqual([
    "  no space left",
    `All that it printed is in ${await theLog()}`,
  ]);
});

test("a command that prints nothing leaves nothing", async () => {
  expect(await logged("true")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  expect(await readdir(join(cache, "logs"))).toEqual([]);
});
