import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A tool that was told to stop may still remove what it made. */
const patienceMs = 30_000;
const shownLines = 15;

export interface CommandOptions {
  /** Working directory. */
  readonly folder: string;
  /** Its output goes here: a pipe would stay open as long as anything that the command leaves running. */
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Without one the command cannot be stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command and resolves the moment it has ended. It is a process group of its own: Ctrl-C in a terminal
 * reaches it only through us, and stopping it stops what it started.
 *
 * @throws Error when its exit code is not 0, with the last lines of its output below the first of the message
 */
export async function runCommand(
  [program = "", ...args]: readonly string[],
  { folder, logFile, environment, signal }: CommandOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const log = await open(logFile, "w");
  try {
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const ended = new Promise<number | string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, killedBy) => resolve(code ?? killedBy ?? "unknown"));
    });
    const stop = () => void stopGroup(child.pid, ended);
    signal?.addEventListener("abort", stop, { once: true });
    const status = await ended;
    signal?.removeEventListener("abort", stop);
    signal?.throwIfAborted();
    if (status === 0) return;
    const output = (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-shownLines);
    throw new Error([`exit code ${status}`, ...output].join("\n"));
  } finally {
    await log.close();
  }
}

async function stopGroup(leader: number | undefined, ended: Promise<unknown>): Promise<void> {
  if (leader === undefined) return;
  kill(leader, "SIGTERM");
  await Promise.race([ended.catch(() => undefined), sleep(patienceMs, undefined, { ref: false })]);
  kill(leader, "SIGKILL");
}

function kill(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // ESRCH: all of it has ended.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
