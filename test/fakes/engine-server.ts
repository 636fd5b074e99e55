import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";

export interface EngineRequestSeen {
  readonly method: string;
  /** Path with query: "/images/get?names=a". */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

type Answer = (response: ServerResponse, seen: EngineRequestSeen) => void | Promise<void>;
type Hijacked = (socket: Socket, head: Buffer) => void;

/** Answers of a Docker engine, replayed by node:http on a unix socket in a folder of its own. */
export class EngineServer implements AsyncDisposable {
  readonly seen: EngineRequestSeen[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #hijacks = new Map<string, Hijacked>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new Set<Socket>();
  #folder = "";

  static async start(): Promise<EngineServer> {
    const server = new EngineServer();
    server.#folder = await mkdtemp(path.join(os.tmpdir(), "airfield-engine-"));
    server.#server.on("connection", (socket: Socket) => {
      server.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => server.#sockets.delete(socket));
    });
    server.#server.on("upgrade", (request, socket, head) =>
      server.#upgrade(request, socket as Socket, head),
    );
    await new Promise<void>((resolve) => server.#server.listen(server.socketPath, resolve));
    return server;
  }

  get socketPath(): string {
    return path.join(this.#folder, "docker.sock");
  }

  get address(): { readonly url: string; readonly socketPath: string } {
    return { url: `unix://${this.socketPath}`, socketPath: this.socketPath };
  }

  /** `route` is "GET /info": the query does not count. */
  on(route: string, answer: Answer): this {
    this.#answers.set(route, answer);
    return this;
  }

  json(route: string, body: unknown, status = 200): this {
    return this.on(route, (response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  }

  /** For requests that take over the connection. */
  hijack(route: string, hijacked: Hijacked): this {
    this.#hijacks.set(route, hijacked);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "";
    const route = `${request.method ?? ""} ${url.split("?")[0]}`;
    try {
      const { method = "", headers } = request;
      const seen = { method, url, headers, body: await buffer(request) };
      this.seen.push(seen);
      const answer = this.#answers.get(route);
      if (answer !== undefined) return await answer(response, seen);
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: `page not found: ${route}` }));
    } catch {
      // The client went away in the middle of its request.
      response.destroy();
    }
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const url = request.url ?? "";
    const { method = "", headers } = request;
    this.seen.push({ method, url, headers, body: head });
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    // The JSON body of the request comes before what the command is to read.
    const bodyBytes = Number(request.headers["content-length"] ?? 0);
    let early = head;
    const onData = (chunk: Buffer) => {
      early = Buffer.concat([early, chunk]);
      hand();
    };
    const hand = () => {
      if (early.length < bodyBytes) return;
      socket.off("data", onData);
      this.#hijacks.get(`${request.method ?? ""} ${url.split("?")[0]}`)?.(
        socket,
        early.subarray(bodyBytes),
      );
    };
    socket.on("data", onData);
    hand();
  }
}

/** A frame of the stream that holds stdout (1) and stderr (2). */
export function frame(stream: 1 | 2, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** A socket path where somebody listens and hangs up on everyone. */
export async function startHangUp(): Promise<AsyncDisposable & { readonly socketPath: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "airfield-engine-"));
  const socketPath = path.join(folder, "docker.sock");
  const server = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
