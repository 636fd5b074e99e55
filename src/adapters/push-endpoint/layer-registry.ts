import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PushedLayer } from "../../ports/push-endpoint.ts";

/**
 * A layer may bring so much before it waits for the others: the layers that are wanted are mostly the
 * small ones on top, and while the big ones wait the engine does not compress them for nothing.
 * Letting them begin one or two at a time took twice as long: which is first is a matter of chance, and a big one is
 * compressed on until the connection's buffers are full.
 */
const headStartBytes = 1024 ** 2;

/**
 * The writing half of a registry for one push: it has nothing, takes every layer and keeps none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#push
 */
export class LayerRegistry implements AsyncDisposable {
  readonly #server: Server;
  readonly #receive: (layer: PushedLayer) => Promise<void>;
  /** Uploads under way that are still within their head start. */
  readonly #beginners = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #failure: { readonly error: unknown } | undefined;
  #uploads = 0;

  private constructor(receive: (layer: PushedLayer) => Promise<void>) {
    this.#receive = receive;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#failure ??= { error };
        response.destroy();
      });
    });
  }

  static async listen(receive: (layer: PushedLayer) => Promise<void>): Promise<LayerRegistry> {
    const registry = new LayerRegistry(receive);
    // Loopback only: engines take 127.0.0.0/8 for registries that may speak plain HTTP.
    registry.#server.listen(0, "127.0.0.1");
    await once(registry.#server, "listening");
    return registry;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Throws what `receive` threw, of which the engine only saw a lost connection. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = "/" } = request;
    if (method === "GET" && url === "/v2/") return end(response, 200);
    if (method === "POST") {
      const upload = `/v2/upload/${(this.#uploads += 1)}`;
      return end(response, 202, { Location: this.#urlOf(upload), Range: "0-0" });
    }
    if (method === "PATCH") {
      await this.#receive(this.#paced(request, response, url));
      if (response.headersSent) return;
      return end(response, 202, { Location: this.#urlOf(url), Range: "0-0" });
    }
    request.resume();
    await once(request, "end");
    if (method === "PUT") {
      const digest = new URL(url, "http://localhost").searchParams.get("digest");
      return end(response, 201, {
        Location: this.#urlOf(url),
        ...(digest === null ? {} : { "Docker-Content-Digest": digest }),
      });
    }
    return end(response, 404);
  }

  /** The upload's bytes; beyond its head start only while no other one is within its own. */
  #paced(request: IncomingMessage, response: ServerResponse, upload: string): PushedLayer {
    this.#beginners.add(upload);
    return {
      refuse: () => {
        this.#leave(upload);
        end(response, 403, { "Content-Type": "application/json" }, refusal);
      },
      [Symbol.asyncIterator]: () => this.#bytesOf(request, upload),
    };
  }

  async *#bytesOf(request: IncomingMessage, upload: string): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    try {
      // Whoever leaves a refused layer must not close the connection: the engine could miss why, and try again.
      const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of chunks) {
        bytes += chunk.byteLength;
        yield chunk;
        if (bytes > headStartBytes) this.#leave(upload);
        while (this.#hasToWait(upload) && !request.destroyed) await this.#change(request);
      }
    } finally {
      this.#leave(upload);
    }
  }

  #hasToWait(upload: string): boolean {
    return this.#beginners.size > 0 && !this.#beginners.has(upload);
  }

  #leave(upload: string): void {
    if (this.#beginners.delete(upload)) for (const goOn of this.#waiting) goOn();
  }

  /** Resolves when an upload is no beginner any more, or when the waiting one is given up. */
  #change(request: IncomingMessage): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        this.#waiting.delete(goOn);
        request.off("close", goOn);
        resolve();
      };
      this.#waiting.add(goOn);
      request.once("close", goOn);
    });
  }

  #urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }
}

/**
 * Engines try other failures of an upload again and again, but not this one. They wait for the topmost layer first, so
 * those below, which are the refused ones, end without ending the push.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes
 */
const refusal = JSON.stringify({
  errors: [{ code: "DENIED", message: "airfield needs other layers of this image only" }],
});

function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): void {
  response.writeHead(status, { "Docker-Distribution-Api-Version": "registry/2.0", ...headers });
  response.end(body);
}
