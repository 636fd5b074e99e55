import type { Socket } from "node:net";
import type Docker from "dockerode";
import { ToolError } from "../../errors/tool-error.ts";
import type { ExecOptions, ExecResult } from "../../ports/container-engine.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import { FrameParser, type Frame } from "./frame-parser.ts";
import { LineSplitter } from "../lines.ts";
import { releaseStreamed } from "../release-streamed.ts";

/** The engine records the exit code before it ends the stream; these are for one that is late. */
const EXIT_CODE_POLLS = 50;
const EXIT_CODE_POLL_MS = 100;

/**
 * Runs a command in a container. Cancelling ends the connection and not the command: the engine has no
 * call for that. Callers that cancel remove the container.
 */
export async function exec(
  connection: EngineConnection,
  container: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { stdin, signal, onLine } = options;
  const request: EngineRequest = {
    action: `run ${command[0] ?? ""} in ${container}`,
    container,
    signal,
  };
  const { started, socket } = await connection.call(request, async (docker, abortSignal) => {
    const created = await docker.getContainer(encodeURIComponent(container)).exec({
      Cmd: [...command],
      ...(options.env === undefined
        ? {}
        : { Env: Object.entries(options.env).map(([name, value]) => `${name}=${value}`) }),
      AttachStdin: stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      // As kind does: node commands mount, load modules and write to /proc/sys.
      // https://github.com/kubernetes-sigs/kind/blob/v0.29.0/pkg/cluster/internal/providers/docker/node.go#L107
      Privileged: true,
      ...(abortSignal === undefined ? {} : { abortSignal }),
    });
    // A hijacked connection in either case: only such a one can be half-closed to end stdin.
    const duplex = await created.start({
      hijack: true,
      stdin: stdin !== undefined,
      ...(abortSignal === undefined ? {} : { abortSignal }),
    });
    return { started: created, socket: duplex as Socket };
  });

  const output = new Output(onLine, options.keepsNothing ?? false);
  const broken = await converse(socket, output, { stdin, signal });
  signal?.throwIfAborted();
  if (broken instanceof StdinFailure) throw broken.cause;
  // A command that ends without reading its stdin breaks the connection too; whether it ended is the engine's to say.
  const exitCode = await connection.call(request, (_, abortSignal) =>
    exitCodeOf(started, abortSignal),
  );
  if (exitCode === undefined) {
    throw new ToolError(
      "engine-connection-lost",
      { address: connection.address.url },
      { cause: broken },
    );
  }
  return { exitCode, ...output.end() };
}

/** Feeds stdin and collects output until the connection ends; resolves with what broke it, if anything did. */
function converse(
  socket: Socket,
  output: Output,
  { stdin, signal }: { stdin: ExecOptions["stdin"] | undefined; signal: AbortSignal | undefined },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let broken: unknown;
    const onAbort = () => socket.destroy();
    const parser = new FrameParser();
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of parser.push(chunk)) output.add(frame);
      } catch (error) {
        // From the caller's onLine.
        reject(error);
        socket.destroy();
      }
    });
    // The output is complete. Waiting for the other direction would be waiting for the engine to read
    // stdin that the command did not want.
    socket.once("end", () => socket.destroy());
    socket.on("error", (error) => {
      broken ??= error;
    });
    socket.once("close", () => {
      signal?.removeEventListener("abort", onAbort);
      resolve(broken);
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true || socket.destroyed) return void socket.destroy();
    // Without stdin nothing more is sent, and the engine closes when the command ends.
    if (stdin === undefined) return;
    feed(socket, stdin).catch((error: unknown) => {
      broken = new StdinFailure(error);
      socket.destroy();
    });
  });
}

class StdinFailure {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** Writes stdin at the pace of the command and half-closes; stops quietly when the command ends first. */
async function feed(socket: Socket, stdin: string | AsyncIterable<Uint8Array>): Promise<void> {
  const source = typeof stdin === "string" ? [Buffer.from(stdin)] : stdin;
  for await (const chunk of source) {
    // Lets output that has arrived be read first: a write to a connection that the engine has closed
    // destroys the socket with all that is still unread.
    await new Promise((resolve) => setImmediate(resolve));
    if (!socket.writable) return;
    if (chunk.length > 0 && !socket.write(chunk)) await drained(socket);
    releaseStreamed(chunk.length);
  }
  if (socket.writable) socket.end();
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}

async function exitCodeOf(
  started: Docker.Exec,
  abortSignal: AbortSignal | undefined,
): Promise<number | undefined> {
  for (let poll = 0; poll < EXIT_CODE_POLLS; poll++) {
    const { Running, ExitCode } = await started.inspect(
      abortSignal === undefined ? {} : { abortSignal },
    );
    if (!Running && typeof ExitCode === "number") return ExitCode;
    await new Promise((resolve) => setTimeout(resolve, EXIT_CODE_POLL_MS));
  }
  return undefined;
}

/** Collects both streams and tells their lines as they come. */
class Output {
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  readonly #onLine: ((line: string) => void) | undefined;

  readonly #keepsNothing: boolean;

  constructor(onLine: ((line: string) => void) | undefined, keepsNothing: boolean) {
    this.#onLine = onLine;
    this.#keepsNothing = keepsNothing;
  }

  add({ stream, content }: Frame): void {
    if (!this.#keepsNothing) this.#chunks[stream].push(content);
    if (this.#onLine === undefined) return;
    for (const line of this.#splitters[stream].push(content)) this.#onLine(line);
  }

  end(): { readonly stdout: string; readonly stderr: string } {
    if (this.#onLine !== undefined) {
      for (const splitter of Object.values(this.#splitters)) {
        for (const line of splitter.end()) this.#onLine(line);
      }
    }
    return {
      stdout: Buffer.concat(this.#chunks.stdout).toString("utf8"),
      stderr: Buffer.concat(this.#chunks.stderr).toString("utf8"),
    };
  }
}
