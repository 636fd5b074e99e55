import * as http from "node:http";
import type * as https from "node:https";
import { LineSplitter } from "../lines.ts";
import type {
  ClientTls,
  Http,
  HttpAnswer,
  HttpOptions,
  HttpRequest,
  HttpStream,
} from "../../ports/http.ts";

const HANDSHAKE_MS = 5_000;
/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NORMAL_CLOSURE = 1000;
const MAX_BODY_BYTES = 64 * 1024;
/** At once to a server that knows its client: requests come in tens. */
const MAX_CONNECTIONS = 4;

/** Short requests; only connections to servers that know their client are kept between them. */
export class SystemHttp implements Http {
  readonly #agents = new WeakMap<ClientTls, https.Agent>();

  get(url: string, options: HttpOptions): Promise<HttpAnswer | undefined> {
    return this.#ask(url, { method: "GET" }, options);
  }

  async send(
    url: string,
    request: HttpRequest,
    options: HttpOptions,
  ): Promise<HttpAnswer | undefined> {
    return this.#ask(url, request, options);
  }

  async #ask(
    url: string,
    { method, ...content }: HttpRequest,
    options: HttpOptions,
  ): Promise<HttpAnswer | undefined> {
    const { body, contentType } = content;
    const { timeoutMs, signal, tls, maxBodyBytes = MAX_BODY_BYTES } = options;
    // TLS takes a while to load, and most commands speak with the engine alone.
    const client = url.startsWith("https:") ? await import("node:https") : http;
    const agent = tls === undefined ? false : await this.#agentFor(tls);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return void reject(signal.reason as Error);
      const deadline = AbortSignal.timeout(timeoutMs);
      const together = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const failed = () => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else if (request.reusedSocket && !hasAnswer && !together.aborted && method !== "POST") {
          // The server had closed the connection that was kept: https://nodejs.org/api/http.html#requestreusedsocket
          resolve(this.#ask(url, { method, ...content }, options));
        } else resolve(undefined);
      };
      let hasAnswer = false;
      const headers = {
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        // Node tells no length for a DELETE by itself, and the server would take its body for the next request.
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
      };
      const asking = {
        ...{ method, headers, agent, signal: together },
        ...(options.acceptsAnyCertificate === true ? { rejectUnauthorized: false } : {}),
      };
      const request = client.request(url, asking, (answer) => {
        hasAnswer = true;
        const chunks: Buffer[] = [];
        let bytes = 0;
        const done = () =>
          resolve({
            status: answer.statusCode ?? 0,
            contentType: answer.headers["content-type"] ?? "",
            body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString("utf8"),
          });
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes < maxBodyBytes) return;
          // Endless bodies exist (event streams): what is wanted is here.
          done();
          request.destroy();
        });
        answer.once("end", done);
        answer.once("error", failed);
      });
      request.once("error", failed);
      request.end(body);
    });
  }

  async open(url: string, options: HttpOptions): Promise<HttpStream | undefined> {
    const { timeoutMs, signal, tls } = options;
    const client = url.startsWith("https:") ? await import("node:https") : http;
    signal?.throwIfAborted();
    const ending = new AbortController();
    const together =
      signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
    return new Promise((resolve, reject) => {
      const request = client.get(url, { ...tls, agent: false, signal: together }, (answer) => {
        clearTimeout(deadline);
        resolve({
          status: answer.statusCode ?? 0,
          lines: linesOf(answer, { signal, close: () => request.destroy() }),
        });
      });
      const deadline = setTimeout(() => ending.abort(), timeoutMs);
      // Also after the answer has begun; then its reader gets the error.
      request.on("error", () => {
        clearTimeout(deadline);
        if (signal?.aborted === true) reject(signal.reason as Error);
        else resolve(undefined);
      });
    });
  }

  async converse(
    url: string,
    {
      protocol,
      messages,
      onMessage,
      tls,
      signal,
    }: {
      readonly protocol: string;
      readonly messages: readonly Uint8Array[];
      readonly onMessage: (message: Uint8Array) => void;
      readonly tls?: ClientTls;
      readonly signal?: AbortSignal;
    },
  ): Promise<"closed" | "broken" | "refused"> {
    const { WebSocket } = await import("ws");
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"), protocol, {
        ...tls,
        handshakeTimeout: HANDSHAKE_MS,
        perMessageDeflate: false,
      });
      let isOpen = false;
      const abort = () => {
        reject(signal?.reason as Error);
        socket.terminate();
      };
      signal?.addEventListener("abort", abort, { once: true });
      socket.once("open", () => {
        isOpen = true;
        for (const message of messages) socket.send(message);
      });
      socket.on("message", (data: Buffer) => onMessage(data));
      // Followed by "close".
      socket.on("error", () => undefined);
      socket.once("close", (code) => {
        signal?.removeEventListener("abort", abort);
        if (!isOpen) resolve("refused");
        else resolve(code === NORMAL_CLOSURE ? "closed" : "broken");
      });
    });
  }

  /** Its idle connections do not keep the process from its end. */
  async #agentFor(tls: ClientTls): Promise<https.Agent> {
    const { Agent } = await import("node:https");
    const known = this.#agents.get(tls);
    if (known !== undefined) return known;
    const agent = new Agent({ ...tls, keepAlive: true, maxSockets: MAX_CONNECTIONS });
    this.#agents.set(tls, agent);
    return agent;
  }
}

async function* linesOf(
  answer: http.IncomingMessage,
  { signal, close }: { readonly signal: AbortSignal | undefined; readonly close: () => void },
): AsyncGenerator<string, void, undefined> {
  const lines = new LineSplitter();
  try {
    for await (const chunk of answer) yield* lines.push(chunk as Buffer);
    yield* lines.end();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    close();
  }
}
