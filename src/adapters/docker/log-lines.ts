import type { Readable } from "node:stream";
import type { LogOptions } from "../../ports/container-engine.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import { FrameParser } from "./frame-parser.ts";
import { LineSplitter } from "../lines.ts";

/** The lines a container wrote, both streams in the order in which they came. */
export async function* logLines(
  connection: EngineConnection,
  container: string,
  { follow = false, tail, signal }: LogOptions = {},
): AsyncIterable<string> {
  const request: EngineRequest = { action: `read the logs of ${container}`, container, signal };
  const name = encodeURIComponent(container);
  const { Config } = await connection.call(request, (docker, abortSignal) =>
    docker.getContainer(name).inspect(abortSignal === undefined ? {} : { abortSignal }),
  );
  const stream = await connection.open(request, {
    path: `/containers/${name}/logs`,
    query: { stdout: true, stderr: true, follow, tail: tail ?? "all" },
  });
  try {
    yield* Config.Tty ? terminalLines(stream) : framedLines(stream);
  } catch (error) {
    signal?.throwIfAborted();
    throw connection.translate(error, request);
  } finally {
    // A consumer that stops early must not keep the connection (and the process) open.
    stream.destroy();
  }
}

async function* terminalLines(stream: Readable): AsyncIterable<string> {
  const splitter = new LineSplitter();
  for await (const chunk of stream as AsyncIterable<Buffer>) yield* splitter.push(chunk);
  yield* splitter.end();
}

async function* framedLines(stream: Readable): AsyncIterable<string> {
  const parser = new FrameParser();
  const splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (const frame of parser.push(chunk)) yield* splitters[frame.stream].push(frame.content);
  }
  yield* splitters.stdout.end();
  yield* splitters.stderr.end();
}
