import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

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
/** Looking for new processes means reading of all: it would take the command a fifth of its processor. */
const samplesPerSearch = 8;
const pageBytes = 4096;
const shownLines = 15;
const marker = "--8<-- usage ";

/**
 * Runs a command to its end. bash's `time` counts the processor time, of which Node tells nothing for
 * children; memory is sampled, 40 times a second, of processes that are looked for five times a second.
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
  let samples = 0;
  let processes: readonly number[] = [];
  const timer = setInterval(() => {
    if (samples++ % samplesPerSearch === 0) processes = descendantsOf(child.pid ?? 0);
    peakBytes = Math.max(peakBytes, residentBytes(processes));
  }, sampleMs);
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

/** Without the process itself (bash). */
function descendantsOf(root: number): readonly number[] {
  const ids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(ids.map((id) => [id, readStat(id)?.parent]));
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return ids.filter(isBelow);
}

function residentBytes(processes: readonly number[]): number {
  return processes.reduce((sum, id) => sum + (readStat(id)?.bytes ?? 0), 0);
}

/** Parent and resident pages: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readStat(id: number): { readonly parent: number; readonly bytes: number } | undefined {
  try {
    // Synchronously: /proc does not wait for a disk, and a thread for each file takes ten times as long.
    const text = readFileSync(`/proc/${id}/stat`, "utf8");
    // The program's name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes };
  } catch {
    // It has ended.
    return undefined;
  }
}
