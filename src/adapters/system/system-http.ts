import * as http from "node:http";
import type * as https from "node:https";
import type { ClientTls, Http, HttpAnswer, HttpOptions } from "../../ports/http.ts";

const MAX_BODY_BYTES = 64 * 1024;
/** At once to a server that knows its client: requests come in tens. */
const MAX_CONNECTIONS = 4;

/** GET requests; only connections to servers that know their client are kept between them. */
export class SystemHttp implements Http {
  readonly #agents = new WeakMap<ClientTls, https.Agent>();

  async get(url: string, options: HttpOptions): Promise<HttpAnswer | undefined> {
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
        else resolve(undefined);
      };
      const request = client.get(url, { agent, signal: together }, (answer) => {
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
