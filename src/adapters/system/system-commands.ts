import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { Options } from "execa";
import { ToolError } from "../../errors/tool-error.ts";
import type { CommandOptions, CommandResult, Commands } from "../../ports/commands.ts";
import { LineSplitter } from "../lines.ts";

/** After SIGTERM, before SIGKILL, where nothing else is said. */
const GRACE_MS = 5_000;
/** A build's whole output fits; a program that never ends does not take all memory. */
const MAX_OUTPUT_CHARACTERS = 256 * 1024 * 1024;

type AttachedOptions = Omit<CommandOptions, "stdin" | "onLine" | "keepsNothing">;

/** Programs through execa, which is loaded with the first one. */
export class SystemCommands implements Commands {
  async run(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const ended = await start(command, options, {
      ...(options.stdin === undefined
        ? { stdin: "ignore" }
        : { stdin: ["pipe", inputOf(options.stdin)] }),
      // A process group of its own: the terminal's Ctrl-C reaches Airfield only, which ends its programs
      // in order, and all their children with them (mvnw starts java, gradlew a daemon).
      killDescendants: true,
      stripFinalNewline: false,
      maxBuffer: MAX_OUTPUT_CHARACTERS,
      buffer: options.keepsNothing !== true,
    });
    return { exitCode: exitCodeOf(ended), stdout: ended.stdout ?? "", stderr: ended.stderr ?? "" };
  }

  async runAttached(command: readonly string[], options: AttachedOptions = {}): Promise<number> {
    // In the terminal's own group: Ctrl-C reaches the program (kubectl, a shell) as the user means it.
    return exitCodeOf(await start(command, options, { stdio: "inherit" }));
  }

  async startDetached([program = "", ...parameters]: readonly string[]): Promise<void> {
    const running = spawn(program, parameters, { detached: true, stdio: "ignore" });
    try {
      await once(running, "spawn");
    } catch (cause) {
      const purpose = "it is not on PATH";
      throw new ToolError("program-not-found", { program, purpose }, { cause });
    }
    running.unref();
  }
}

/** What is read of execa's result; its own type depends on the options' types. */
interface Ended {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly cause?: unknown;
  /** errno name of a failed start. */
  readonly code?: string;
  readonly originalMessage?: string;
}

async function start(
  command: readonly string[],
  { cwd, env, signal, onLine, graceMs = GRACE_MS }: CommandOptions,
  execaOptions: Options,
): Promise<Ended> {
  signal?.throwIfAborted();
  const { execa } = await import("execa");
  const [program = "", ...parameters] = command;
  const running = execa(program, parameters, {
    ...execaOptions,
    reject: false,
    forceKillAfterDelay: graceMs,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (onLine !== undefined) {
    tellLines(running.stdout, onLine);
    tellLines(running.stderr, onLine);
  }
  const ended = (await running) as Ended;
  signal?.throwIfAborted();
  // It did not start, its stdin failed, or it wrote more than is kept.
  if (ended.cause !== undefined) throw failure(program, cwd, ended);
  return ended;
}

function tellLines(stream: Readable | null, onLine: (line: string) => void): void {
  const splitter = new LineSplitter();
  stream?.on("data", (chunk: Buffer) => splitter.push(chunk).forEach(onLine));
  stream?.on("end", () => splitter.end().forEach(onLine));
}

async function* inputOf(stdin: string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof stdin === "string") yield Buffer.from(stdin);
  else yield* stdin;
}

function failure(program: string, cwd: string | undefined, ended: Ended): unknown {
  const { cause, code, originalMessage } = ended;
  if (ended.exitCode !== undefined || (code !== "ENOENT" && code !== "EACCES")) return cause;
  // A missing working folder fails like a missing program; execa looks which it was and says so.
  if (cwd !== undefined && originalMessage?.includes('"cwd"') === true) {
    const purpose = `${program} was to run there`;
    return new ToolError("file-not-found", { path: cwd, purpose }, { cause });
  }
  const purpose = code === "EACCES" ? "it may not be executed" : "it is not on PATH";
  return new ToolError("program-not-found", { program, purpose }, { cause });
}

function exitCodeOf({ exitCode, signal }: Ended): number {
  if (exitCode !== undefined) return exitCode;
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
