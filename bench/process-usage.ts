import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";

/** What a command took. */
export interface Usage {
  readonly ms: number;
  /** Processor time of the command and of all that it waited for. */
  readonly cpuMs: number;
  /** Highest sum of the resident memory of the command and its descendants. */
  readonly peakBytes: number;
  readonly output: string;
}

const sampleMs = 25;
const pageBytes = 4096;
const shownLines = 15;
const marker = "--8<-- usage ";

/**
 * Runs a command to its end. bash's `time` counts the processor time, of which Node tells nothing for
 * children; memory is sampled, 40 times a second.
 *
 * @throws Error when its exit code is not 0, with the last lines of its output
 */
export async function measureUsage(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Usage> {
  signal.throwIfAborted();
  const script = `TIMEFORMAT="${marker}%R %U %S"; time "$@"`;
  const startedMs = performance.now();
  const child = spawn("bash", ["-c", script, "bash", ...command], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let peakBytes = 0;
  const timer = setInterval(
    () =>
      void residentBytes(child.pid ?? 0).then((bytes) => {
        peakBytes = Math.max(peakBytes, bytes);
      }),
    sampleMs,
  );
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const ms = performance.now() - startedMs;
    const [, , user = "0", system = "0"] =
      new RegExp(`${marker}(\\S+) (\\S+) (\\S+)`).exec(output) ?? [];
    output = output
      .split("\n")
      .filter((line) => !line.startsWith(marker))
      .join("\n");
    if (exitCode !== 0)
      throw new Error(
        [`exit code ${exitCode}`, ...output.trimEnd().split("\n").slice(-shownLines)].join("\n"),
      );
    return { ms, cpuMs: (Number(user) + Number(system)) * 1000, peakBytes, output };
  } finally {
    clearInterval(timer);
  }
}

/** Of the descendants of a process, without the process itself (bash). */
async function residentBytes(root: number): Promise<number> {
  const parents = new Map<number, { readonly parent: number; readonly bytes: number }>();
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  await Promise.all(
    ids.map(async (id) => {
      const stat = await readStat(id);
      if (stat !== undefined) parents.set(id, stat);
    }),
  );
  let sum = 0;
  for (const [id, { bytes }] of parents)
    for (let at = parents.get(id)?.parent; at !== undefined; at = parents.get(at)?.parent)
      if (at === root) {
        sum += bytes;
        break;
      }
  return sum;
}

/** Parent and resident pages: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function readStat(
  id: number,
): Promise<{ readonly parent: number; readonly bytes: number } | undefined> {
  try {
    const text = await readFile(`/proc/${id}/stat`, "utf8");
    // The program's name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes };
  } catch {
    // It has ended.
    return undefined;
  }
}
