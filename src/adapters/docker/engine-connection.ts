import * as http from "node:http";
import * as https from "node:https";
import type { Readable } from "node:stream";
import { inspect } from "node:util";
import type Docker from "dockerode";
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

/** How long a cancelled call may take to settle before it is abandoned. */
const SETTLE_MS = 10_000;

/** dockerode on one engine: loaded with the first call, errors translated, signals honoured. */
export class EngineConnection {
  readonly address: EngineAddress;
  #docker: Promise<Docker> | undefined;
  #hasAnswered = false;

  constructor(address: EngineAddress) {
    this.address = address;
  }

  /** Runs one request (or a few that belong together); its failures become catalogue errors. */
  async call<Answer>(
    request: EngineRequest,
    run: (docker: Docker, signal: AbortSignal | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    const { signal } = request;
    signal?.throwIfAborted();
    try {
      const docker = await this.#load();
      const answer = await (request.waitsWhenAborted === true && signal !== undefined
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

  #load(): Promise<Docker> {
    this.#docker ??= connect(this.address);
    return this.#docker;
  }
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
    agent: tls === undefined ? new HttpAgent() : new HttpsAgent(),
  } as Docker.DockerOptions);
}

/**
 * docker-modem makes text of all options of each request for its debug log, wanted or not, and an agent
 * holds every open connection: 20 commands at once took 3 s of that instead of 0.7 s.
 */
const inspectBriefly = { [inspect.custom]: () => "Agent" };

/**
 * A connection of its own for each request: as many at once as wanted, none gone stale. Also, when the
 * engine dies in the middle of an answer, docker-modem, which listens to the request only, would wait for
 * ever; the failure of the answer is therefore passed on to the request.
 */
class HttpAgent extends http.Agent {
  constructor() {
    super({ keepAlive: false, maxSockets: Infinity });
    Object.assign(this, inspectBriefly);
  }

  addRequest(request: http.ClientRequest, ...rest: unknown[]): void {
    passOnFailures(request);
    addRequestOf(http.Agent.prototype).call(this, request, ...rest);
  }
}

class HttpsAgent extends https.Agent {
  constructor() {
    super({ keepAlive: false, maxSockets: Infinity });
    Object.assign(this, inspectBriefly);
  }

  addRequest(request: http.ClientRequest, ...rest: unknown[]): void {
    passOnFailures(request);
    addRequestOf(https.Agent.prototype).call(this, request, ...rest);
  }
}

/** addRequest is what node:http calls on any agent and what agent packages override; @types/node leaves it out. */
function addRequestOf(prototype: object): (this: unknown, ...parameters: unknown[]) => void {
  return (prototype as { addRequest: (this: unknown, ...parameters: unknown[]) => void })
    .addRequest;
}

function passOnFailures(request: http.ClientRequest): void {
  request.once("response", (answer) => {
    answer.once("error", (error) => {
      if (request.listenerCount("error") > 0) request.emit("error", error);
    });
  });
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
