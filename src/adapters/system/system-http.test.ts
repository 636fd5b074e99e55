import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { SystemHttp } from "./system-http.ts";

const http = new SystemHttp();

async function serving(
  listener: RequestListener,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?x=1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function all(lines: AsyncIterable<string> | undefined): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const line of lines ?? []) read.push(line);
  return read;
}

test("any answer is one", async () => {
  await using server = await serving((request, response) => {
    response.writeHead(503, { "content-type": "text/plain" });
    response.end(`not yet: ${request.url}`);
  });
  expect(await http.get(server.url, { timeoutMs: 2000 })).toEqual({
    status: 503,
    contentType: "text/plain",
    body: "not yet: /path?x=1",
  });
});

test("cuts bodies at 64 KiB, endless ones too", async () => {
  await using server = await serving((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  const answer = await http.get(server.url, { timeoutMs: 5000 });
  expect(answer?.body).toHaveLength(65_536);
});

test.each<[string, RequestListener]>([
  ["nobody who answers", () => undefined],
  ["somebody who hangs up", (request) => void request.socket.destroy()],
  [
    "somebody who stops in the middle",
    (request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("x");
      setTimeout(() => request.socket.destroy(), 10);
    },
  ],
])("%s is no answer", async (_, listener) => {
  await using server = await serving(listener);
  expect(await http.get(server.url, { timeoutMs: 200 })).toBeUndefined();
});

test("nobody there is no answer", async () => {
  expect(await http.get("http://127.0.0.1:1/", { timeoutMs: 200 })).toBeUndefined();
});

test("cancelling rejects with the reason", async () => {
  await using server = await serving(() => undefined);
  const reason = new Error("enough");
  const abort = new AbortController();
  const asking = http.get(server.url, { timeoutMs: 10_000, signal: abort.signal });
  abort.abort(reason);
  await expect(asking).rejects.toBe(reason);
  const again = http.get(server.url, { timeoutMs: 10_000, signal: abort.signal });
  await expect(again).rejects.toBe(reason);
});

test.each(["PATCH", "DELETE", "POST"] as const)("%s sends its body", async (method) => {
  await using server = await serving((request, response) => {
    request.setEncoding("utf8");
    request.on("data", (body) => response.end(`${request.method} ${body as string}`));
  });
  const request = { method, body: "{}", contentType: "application/json" };
  expect((await http.send(server.url, request, { timeoutMs: 2000 }))?.body).toBe(`${method} {}`);
});

describe("an answer that goes on", () => {
  test("is told line by line, and closed when nobody reads on", async () => {
    let isClosed: (value: unknown) => void = () => undefined;
    const closed = new Promise((resolve) => (isClosed = resolve));
    await using server = await serving((_, response) => {
      response.write("one\ntw");
      response.write("o\n");
      response.once("close", isClosed);
    });
    const stream = await http.open(server.url, { timeoutMs: 2000 });
    expect(stream?.status).toBe(200);
    const lines: string[] = [];
    for await (const line of stream?.lines ?? []) {
      lines.push(line);
      if (line === "two") break;
    }
    expect(lines).toEqual(["one", "two"]);
    await closed;
  });

  test("may be a refusal, whose body says why", async () => {
    await using server = await serving((_, response) => {
      response.statusCode = 403;
      response.end("no");
    });
    const stream = await http.open(server.url, { timeoutMs: 2000 });
    expect(stream?.status).toBe(403);
    expect(await all(stream?.lines)).toEqual(["no"]);
  });

  test("is none where it does not begin in time, or nobody is there", async () => {
    await using server = await serving(() => undefined);
    expect(await http.open(server.url, { timeoutMs: 100 })).toBeUndefined();
    expect(await http.open("http://127.0.0.1:1/", { timeoutMs: 100 })).toBeUndefined();
  });

  test("throws where it breaks off, and the reason when it is cancelled", async () => {
    await using server = await serving((_, response) => void response.write("one\n"));
    const abort = new AbortController();
    const stream = await http.open(server.url, { timeoutMs: 2000, signal: abort.signal });
    const reading = (async () => {
      for await (const line of stream?.lines ?? [])
        if (line === "one") abort.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
    await using breaking = await serving((request, response) => {
      response.write("one\n", () => request.socket.destroy());
    });
    const broken = await http.open(breaking.url, { timeoutMs: 2000 });
    await expect(all(broken?.lines)).rejects.toThrow();
  });
});

test("a patch sends its body, with its type", async () => {
  await using server = await serving((request, response) => {
    request.setEncoding("utf8");
    request.on("data", (body) => {
      response.end(`${request.method} ${request.headers["content-type"]}: ${body}`);
    });
  });
  const content = { body: '{"a":1}', contentType: "application/merge-patch+json" };
  const answer = await http.send(server.url, { method: "PATCH", ...content }, { timeoutMs: 2000 });
  expect(answer).toMatchObject({
    status: 200,
    body: 'PATCH application/merge-patch+json: {"a":1}',
  });
});

describe("a WebSocket", () => {
  async function talking(
    onConnection: (socket: WebSocket) => void,
  ): Promise<AsyncDisposable & { readonly url: string }> {
    const server = new WebSocketServer({
      ...{ host: "127.0.0.1", port: 0 },
      handleProtocols: (offered) => (offered.has("known") ? "known" : false),
    });
    await new Promise((resolve) => server.once("listening", resolve));
    server.on("connection", onConnection);
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      async [Symbol.asyncDispose]() {
        for (const client of server.clients) client.terminate();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
  const message = { messages: [Uint8Array.of(1, 2)], onMessage: () => undefined };

  test("sends its messages and tells those that come until it is closed", async () => {
    await using server = await talking((socket) => {
      socket.on("message", (data) => {
        socket.send(data);
        socket.close(1000);
      });
    });
    const heard: number[][] = [];
    const onMessage = (bytes: Uint8Array) => void heard.push([...bytes]);
    expect(await http.converse(server.url, { ...message, protocol: "known", onMessage })).toBe(
      "closed",
    );
    expect(heard).toEqual([[1, 2]]);
  });

  test("that ends unclosed is broken, and one that nobody takes is refused", async () => {
    await using server = await talking((socket) => socket.terminate());
    expect(await http.converse(server.url, { ...message, protocol: "known" })).toBe("broken");
    expect(await http.converse(server.url, { ...message, protocol: "other" })).toBe("refused");
    expect(await http.converse("http://127.0.0.1:1/", { ...message, protocol: "known" })).toBe(
      "refused",
    );
  });

  test("ends with the signal", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    await using server = await talking((socket) => {
      socket.on("message", () => abort.abort(reason));
    });
    const options = { ...message, protocol: "known", signal: abort.signal };
    await expect(http.converse(server.url, options)).rejects.toBe(reason);
  });
});
