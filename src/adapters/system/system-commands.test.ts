import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { SystemCommands } from "./system-commands.ts";

const commands = new SystemCommands();
const shell = (script: string) => ["sh", "-c", script];

test("resolves with both streams and the exit code, text as it is", async () => {
  expect(await commands.run(shell("echo out; printf 'err\\n\\n' >&2; exit 3"))).toEqual({
    exitCode: 3,
    stdout: "out\n",
    stderr: "err\n\n",
  });
});

test("a signal is 128 and its number, as shells say", async () => {
  expect((await commands.run(shell("kill -9 $$"))).exitCode).toBe(137);
});

test("tells complete lines of both streams", async () => {
  const lines: string[] = [];
  await commands.run(shell("printf 'a\\nb'; sleep 0.05; printf 'c\\nlast'; echo err >&2"), {
    onLine: (line) => lines.push(line),
  });
  expect(lines.sort()).toEqual(["a", "bc", "err", "last"]);
});

test("feeds stdin, a text or a stream; none is an empty one", async () => {
  expect((await commands.run(["cat"], { stdin: "grüße" })).stdout).toBe("grüße");
  const pieces = (async function* () {
    for (let i = 0; i < 50; i++) {
      await Promise.resolve();
      yield Buffer.alloc(65_536);
    }
  })();
  expect((await commands.run(["wc", "-c"], { stdin: pieces })).stdout.trim()).toBe("3276800");
  expect((await commands.run(["cat"])).stdout).toBe("");
});

test("a program need not read its stdin", async () => {
  const stdin = "x".repeat(1_000_000);
  expect((await commands.run(["true"], { stdin })).exitCode).toBe(0);
});

test("fails with what stdin fails with", async () => {
  const reason = new Error("the source failed");
  const stdin = (async function* () {
    await Promise.resolve();
    yield Buffer.from("x");
    throw reason;
  })();
  await expect(commands.run(["cat"], { stdin })).rejects.toBe(reason);
});

test("runs where and with what it is told", async () => {
  const cwd = await fs.realpath(os.tmpdir());
  const { stdout } = await commands.run(shell('pwd; echo "$A"; test -n "$PATH"'), {
    cwd,
    env: { A: "b c" },
  });
  expect(stdout).toBe(`${cwd}\nb c\n`);
});

test.each([
  [["airfield-no-such-program"], {}, "program-not-found"],
  [[path.join(os.tmpdir(), "airfield-no-such-program")], {}, "program-not-found"],
  [["true"], { cwd: "/airfield/no/such/folder" }, "file-not-found"],
])("%j %j is %s", async (command, options, code) => {
  await expect(commands.run(command, options)).rejects.toMatchObject({ code });
  await expect(commands.runAttached(command, options)).rejects.toMatchObject({ code });
});

test("cancelling ends the program and its children, and rejects with the reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  let pids: readonly string[] = [];
  const running = commands.run(shell("sleep 100 & echo $$ $!; wait"), {
    signal: abort.signal,
    onLine: (line) => {
      pids = line.split(" ");
      abort.abort(reason);
    },
  });
  await expect(running).rejects.toBe(reason);
  expect(pids).toHaveLength(2);
  await wait(50);
  for (const pid of pids) expect(await isRunning(pid)).toBe(false);
  await expect(commands.run(["true"], { signal: abort.signal })).rejects.toBe(reason);
});

test.runIf(process.platform === "linux")(
  "programs are in a process group of their own, attached ones in ours",
  async () => {
    const stat = await fs.readFile("/proc/self/stat", "utf8");
    const ours = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2];
    const isInOurs = shell(`test "$(cut -d' ' -f5 /proc/$$/stat)" = ${ours}`);
    expect((await commands.run(isInOurs)).exitCode).toBe(1);
    expect(await commands.runAttached(isInOurs)).toBe(0);
  },
);

test("attached, it resolves with the exit code", async () => {
  expect(await commands.runAttached(shell("exit 4"))).toBe(4);
});

async function isRunning(pid: string): Promise<boolean> {
  const state = await fs.readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // A zombie has ended; who collects it is another matter.
  return state !== undefined && !/\) [ZX] /.test(state);
}

test("a detached program goes on by itself, in a process group of its own", async () => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "airfield-detached-"));
  const told = path.join(folder, "told");
  try {
    // Renamed into place, so that it is whole when it is seen.
    const script = 'ps -o pgid= -p $$ >"$1.new"; mv "$1.new" "$1"';
    const seen = fs.watch(folder, { signal: AbortSignal.timeout(5000) })[Symbol.asyncIterator]();
    const next = seen.next();
    await commands.startDetached(["sh", "-c", script, "sh", told]);
    let event = await next;
    while (event.done !== true && event.value.filename !== "told") event = await seen.next();
    const { stdout: ours } = await commands.run(["ps", "-o", "pgid=", "-p", String(process.pid)]);
    expect(await fs.readFile(told, "utf8")).toMatch(/^\s*\d+\s*$/);
    expect(await fs.readFile(told, "utf8")).not.toBe(ours);
  } finally {
    await fs.rm(folder, { recursive: true });
  }
});

test("a detached program that is not there is named", async () => {
  await expect(commands.startDetached(["no-such-program"])).rejects.toMatchObject({
    code: "program-not-found",
    facts: { program: "no-such-program" },
  });
});

test("what is not to be kept is told line by line, and is not in the result", async () => {
  const lines: string[] = [];
  const script = "console.log('one'); console.error('two')";
  const result = await commands.run([process.execPath, "-e", script], {
    keepsNothing: true,
    onLine: (line) => void lines.push(line),
  });
  expect(lines.toSorted()).toEqual(["one", "two"]);
  expect(result).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("a program that does not end by itself is killed after its grace", async () => {
  const stopping = new AbortController();
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
  const running = commands.run([process.execPath, "-e", script], {
    ...{ signal: stopping.signal, graceMs: 50 },
    onLine: () => stopping.abort(new Error("enough")),
  });
  await expect(running).rejects.toThrow("enough");
});
