import { createServer } from "node:net";
import type { FreePorts } from "../../ports/free-ports.ts";

/** Asks the kernel by listening for a moment. */
export class SystemFreePorts implements FreePorts {
  /** Ports given out and not yet taken by what they are for. get-port forgets them after 15 s; creating a cluster takes longer. */
  readonly #given = new Set<number>();

  async isFree(port: number, address: string): Promise<boolean> {
    return (await listenOnce(port, address)) !== undefined;
  }

  async pick({
    address,
    preferred = [],
  }: {
    readonly address: string;
    readonly preferred?: readonly number[];
  }): Promise<number> {
    for (const port of preferred) {
      if (this.#given.has(port)) continue;
      // Reserved before the question: two picks at once must not get the same answer.
      this.#given.add(port);
      if (await this.isFree(port, address)) return port;
      this.#given.delete(port);
    }
    for (;;) {
      const port = await listenOnce(0, address);
      if (port === undefined) throw new Error(`no port can be listened to on ${address}`);
      if (this.#given.has(port)) continue;
      this.#given.add(port);
      return port;
    }
  }
}

/** The port listened to (the kernel's choice for 0), or undefined when that is not possible. */
function listenOnce(port: number, address: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: address, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : port));
    });
  });
}
