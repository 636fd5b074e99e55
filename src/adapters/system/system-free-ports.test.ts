import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { SystemFreePorts } from "./system-free-ports.ts";

const address = "127.0.0.1";

async function listening(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("knows a port that is listened to", async () => {
  const ports = new SystemFreePorts();
  let freed: number;
  {
    await using taken = await listening();
    expect(await ports.isFree(taken.port, address)).toBe(false);
    freed = taken.port;
  }
  expect(await ports.isFree(freed, address)).toBe(true);
});

test("picks the first preferred one that is free", async () => {
  const ports = new SystemFreePorts();
  await using taken = await listening();
  const free = await ports.pick({ address });
  const others = new SystemFreePorts();
  expect(await others.pick({ address, preferred: [taken.port, free] })).toBe(free);
});

test("does not give out a port that is meant for something else", async () => {
  const ports = new SystemFreePorts();
  const free = await new SystemFreePorts().pick({ address });
  ports.reserve(free);
  expect(await ports.pick({ address, preferred: [free] })).not.toBe(free);
});

test("a port that only root may listen on is free when nobody answers there", async () => {
  // tcpmux, which nobody has.
  expect(await new SystemFreePorts().isFree(1, address)).toBe(true);
});

test("gives no port out twice, asked at once or later", async () => {
  const ports = new SystemFreePorts();
  const preferred = [await new SystemFreePorts().pick({ address })];
  const picked = await Promise.all(
    Array.from({ length: 20 }, () => ports.pick({ address, preferred })),
  );
  expect(new Set([...picked, await ports.pick({ address, preferred })]).size).toBe(21);
});
