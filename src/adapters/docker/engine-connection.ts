import type { Agent } from "node:http";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { HttpAgent } from "./http-agent.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { EngineAddress } from "./resolve-engine-address.ts";
import { type RequestContext, translateError } from "./translate-error.ts";

/** What a request is about, for its errors, and how it is cancelled. */
export type EngineRequest = Omit<RequestContext, "address" | "hasAnswered"> & {
  readonly signal?: AbortSignal | undefined;
  /**
   * For short calls that make something: a cancelled one is waited for, so that a rollback finds what
   * it made. An abandoned request is carried out by the engine all the same, after the rollback looked.
   */
  readonly waitsWhenAborted?: boolean;
};

/**
 * How long the engine may take for a request that nobody can cancel. It answers such within milliseconds, and removes a
 * node's volume within seconds; longer takes an engine that hangs, whose socket goes on accepting connections.
 */
const ANSWER_MS = 3 * 60_000;

/** How long a cancelled call may take to settle before it is abandoned. */
const SETTLE_MS = 10_000;

/** dockerode on one engine: loaded with the first call, errors translated, signals honoured. */
export class EngineConnection {
  readonly address: EngineAddress;
  readonly #answerMs: number;
  #docker: Promise<Docker> | undefined;
  #hasAnswered = false;

  constructor(address: EngineAddress, { answerMs = ANSWER_MS } = {}) {
    this.address = address;
    this.#answerMs = answerMs;
  }

  /**
   * Runs one request (or a few that belong together); its failures become catalogue errors. One that takes
   * no signal has a limit: `engine-not-answering`.
   */
  async call<Answer>(
    request: EngineRequest,
    run: (docker: Docker, signal: AbortSignal | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const { signal } = request;
    signal?.throwIfAborted();
    try {
      const docker = await this.#load();
      const answer = await (!("signal" in request)
        ? this.#answered(run(docker, undefined), request)
        : request.waitsWhenAborted === true && signal !== undefined
          ? settled(run(docker, undefined), signal)
          : run(docker, signal));
      this.#hasAnswered = true;
      signal?.throwIfAborted();
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw this.translate(error, request);
    }
  }

  /**
   * Opens an answer as a stream. dockerode itself reads some of them whole (logs without follow) and
   * knows no signal or list of names for others, hence its modem.
   */
  open(
    request: EngineRequest,
    { path, query = {} }: { readonly path: string; readonly query?: Record<string, unknown> },
  ): Promise<Readable> {
    return this.call(
      request,
      (docker, abortSignal) =>
        new Promise<Readable>((resolve, reject) => {
          const options = {
            path: `${path}?`,
            method: "GET",
            options: query,
            abortSignal,
            isStream: true,
            statusCodes: { 200: true },
          };
          (docker.modem as Modem).dial(options, (error, answer) => {
            if (error === null) resolve(answer as Readable);
            else reject(error);
          });
        }),
    );
  }

  /** For failures in the middle of a stream. */
  translate(error: unknown, request: EngineRequest): unknown {
    if (isAnswer(error)) this.#hasAnswered = true;
    return translateError(error, {
      ...request,
      address: this.address.url,
      hasAnswered: this.#hasAnswered,
    });
  }

  async #answered<Answer>(work: Promise<Answer>, { action }: EngineRequest): Promise<Answer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const waited = `${this.#answerMs / 1000} s`;
      reject(new ToolError("engine-not-answering", { address: this.address.url, action, waited }));
    }, this.#answerMs);
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #load(): Promise<Docker> {
    this.#docker ??= connect(this.address);
    return this.#docker;
  }
}

async function httpsAgent(): Promise<Agent> {
  const { HttpsAgent } = await import("./https-agent.ts");
  return new HttpsAgent();
}

interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}

/** dockerode takes a fifth of a second to load, so it is loaded by the first command that needs it. */
async function connect({ socketPath, host, port, tls }: EngineAddress): Promise<Docker> {
  const { default: DockerClient } = await import("dockerode");
  // Each field is given, undefined or not: docker-modem fills what is missing from DOCKER_HOST.
  return new DockerClient({
    socketPath,
    host,
    port,
    protocol: tls === undefined ? "http" : "https",
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    agent: tls === undefined ? new HttpAgent() : await httpsAgent(),
  } as Docker.DockerOptions);
}

/** Waits for `work` even when the signal aborts, up to a limit. */
async function settled<Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(signal.reason as Error), SETTLE_MS);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, givenUp]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}

function isAnswer(error: unknown): boolean {
  return typeof error === "object" && error !== null && "statusCode" in error;
}
