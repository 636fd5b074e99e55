import { once } from "node:events";
import * as http from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LayerRegistry } from "./layer-registry.ts";

const headStart = 1024 ** 2;

let received: { bytes: number; isComplete: boolean }[];
let registry: LayerRegistry;

beforeEach(async () => {
  received = [];
  registry = await LayerRegistry.listen(async (layer) => {
    const entry = { bytes: 0, isComplete: false };
    received.push(entry);
    for await (const chunk of layer) entry.bytes += chunk.byteLength;
    entry.isComplete = true;
  });
});

afterEach(() => registry[Symbol.asyncDispose]());

test("takes a layer as Docker pushes it", async () => {
  expect((await ask("GET", "/v2/")).status).toBe(200);
  expect((await ask("HEAD", "/v2/airfield-load/blobs/sha256:1")).status).toBe(404);
  const begun = await ask("POST", "/v2/airfield-load/blobs/uploads/");
  expect(begun.status).toBe(202);
  const location = new URL(begun.headers.location ?? "");
  expect(location.host).toBe(`127.0.0.1:${registry.port}`);
  expect((await ask("PATCH", location.pathname, "a layer")).status).toBe(202);
  const ended = await ask("PUT", `${location.pathname}?digest=sha256%3A1`);
  expect(ended.status).toBe(201);
  expect(ended.headers["docker-content-digest"]).toBe("sha256:1");
  expect(received).toEqual([{ bytes: 7, isComplete: true }]);
});

test("lets small layers go before big ones", async () => {
  const big = upload("/v2/upload/1");
  const small = upload("/v2/upload/2");
  small.write("x");
  await vi.waitUntil(() => received.length === 1);
  big.write(Buffer.alloc(8 * headStart));
  await wait(100);
  const waiting = received.find(({ bytes }) => bytes > 1);
  expect(waiting?.isComplete).toBe(false);
  expect(waiting?.bytes).toBeLessThan(2 * headStart);
  small.end();
  big.end();
  await Promise.all([once(small, "response"), once(big, "response")]);
  expect(received.map(({ bytes }) => bytes).sort()).toEqual([1, 8 * headStart]);
});

test("a refused layer is told so while it comes, and holds nobody up", async () => {
  await using pushing = await LayerRegistry.listen(async (layer) => {
    const entry = { bytes: 0, isComplete: false };
    received.push(entry);
    for await (const chunk of layer) {
      entry.bytes += chunk.byteLength;
      if (chunk[0] === 0) return layer.refuse();
    }
    entry.isComplete = true;
  });
  const other = upload("/v2/upload/1", pushing.port);
  const wanted = upload("/v2/upload/2", pushing.port);
  const answered = once(other, "response") as Promise<[http.IncomingMessage]>;
  // The engine would go on for hundreds of megabytes.
  other.write(Buffer.alloc(8 * headStart));
  const [response] = await answered;
  expect(response.statusCode).toBe(403);
  expect(JSON.parse(await text(response))).toMatchObject({ errors: [{ code: "DENIED" }] });
  wanted.end(Buffer.alloc(8 * headStart, 1));
  await once(wanted, "response");
  expect(received).toEqual([
    { bytes: expect.any(Number) as number, isComplete: false },
    { bytes: 8 * headStart, isComplete: true },
  ]);
  expect(received[0]?.bytes).toBeLessThan(headStart);
  expect(other.destroyed).toBe(false);
  other.destroy();
});

test("ends uploads that are under way", async () => {
  const request = upload("/v2/upload/1");
  request.write("x");
  await vi.waitUntil(() => received.length === 1);
  const failed = once(request, "error");
  await registry[Symbol.asyncDispose]();
  await failed;
  registry = await LayerRegistry.listen(async () => {});
});

test("tells what the receiver threw", async () => {
  await using failing = await LayerRegistry.listen(() => Promise.reject(new Error("disk full")));
  const request = http.request({ port: failing.port, method: "PATCH", path: "/v2/upload/1" });
  request.end("x");
  await once(request, "error");
  expect(() => failing.throwIfFailed()).toThrowError("disk full");
});

function upload(path: string, port = registry.port): http.ClientRequest {
  const request = http.request({ port, method: "PATCH", path });
  request.on("error", () => {});
  return request;
}

async function ask(
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number | undefined; readonly headers: http.IncomingHttpHeaders }> {
  const request = http.request({ port: registry.port, method, path });
  request.end(body);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}
