import { connect, createServer } from "node:net";
import type { FreePorts } from "../../ports/free-ports.ts";

/** Asks the kernel by listening for a moment. */
export class SystemFreePorts implements FreePorts {
  /** Ports given out and not yet taken by what they are for. get-port forgets them after 15 s; creating a cluster takes longer. */
  readonly #given = new Set<number>();

  async isFree(port: number, address: string): Promise<boolean> {
    const outcome = await listenOnce(port, address);
    // Below 1024 only root may listen, which the engine is and the user is not; whoever does answers, though.
    return outcome === "EACCES" ? !(await isAnswered(port, address)) : typeof outcome === "number";
  }

  reserve(port: number): void {
    this.#given.add(port);
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
      if (typeof port !== "number") throw new Error(`no port can be listened to on ${address}`);
      if (this.#given.has(port)) continue;
      this.#given.add(port);
      return port;
    }
  }
}

/** The port listened to (the kernel's choice for 0), or why that is not possible. */
function listenOnce(port: number, address: string): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.unref();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen({ port, host: address, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : port));
    });
  });
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
