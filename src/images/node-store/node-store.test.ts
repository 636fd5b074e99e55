import { beforeEach, expect, test } from "vitest";
import { FakeContainerEngine } from "../../../test/fakes/container-engine/fake-container-engine.ts";
import { containerdMetadata } from "../../../test/fakes/images/containerd-metadata.ts";
import { sampleBolt } from "../../../test/fakes/images/sample-bolt.ts";
import { readNodeStore } from "./node-store.ts";

const database = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";
const digest = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;

let engine: FakeContainerEngine;

beforeEach(async () => {
  engine = new FakeContainerEngine();
  engine.images.add("node:1");
  await engine.createNetwork({ name: "net", subnet: "10.0.0.0/24", labels: {} });
  await engine.createContainer({
    ...{ name: "worker", image: "node:1", hostname: "worker", labels: {}, env: {} },
    ...{ network: { name: "net" }, restart: "no" },
  });
  await engine.startContainer("worker");
  await write(containerdMetadata);
});

test("tells images, with those that they came from, and stacks of layers", async () => {
  const store = await readNodeStore("worker", engine);
  expect(store?.records).toHaveLength(39);
  expect(store?.records).toContainEqual({
    ...{ name: "docker.io/team/app:7", target: digest(7), source: digest(700) },
  });
  expect(store?.records).toContainEqual({
    ...{ name: "docker.io/team/app:8", target: digest(8), source: undefined },
  });
  const chainIds = store?.chainIds("overlayfs");
  expect(chainIds?.size).toBe(60);
  expect(chainIds?.has(digest(1059))).toBe(true);
  expect(store?.chainIds("native").size).toBe(0);
  expect(store?.startedAt).toBe((await engine.inspectContainer("worker"))?.startedAt);
});

test("is read once more when containerd wrote meanwhile, and then left to containerd", async () => {
  let writes = 1;
  engine.modifiedAt = () => Promise.resolve(writes-- > 0 ? "later" : timeOf());
  expect((await readNodeStore("worker", engine))?.records).toHaveLength(39);
  writes = 100;
  expect(await readNodeStore("worker", engine)).toBeUndefined();
});

test.each([
  ["has no database", undefined],
  ["has something else there", Buffer.from("text")],
  ["has a damaged one", containerdMetadata.subarray(0, 9000)],
  ["is new", sampleBolt({ v1: {} })],
])("is left to containerd on a node that %s", async (_, bytes) => {
  engine.container("worker").files.delete(database);
  if (bytes !== undefined) await write(bytes);
  expect(await readNodeStore("worker", engine)).toBeUndefined();
});

test("a node that does not run has nothing to tell", async () => {
  await engine.stopContainer("worker");
  await expect(readNodeStore("worker", engine)).rejects.toThrowError(
    expect.objectContaining({ code: "container-not-running" }),
  );
});

async function write(content: Buffer): Promise<void> {
  await engine.putFiles("worker", [{ path: database, content }]);
}

function timeOf(): string | undefined {
  return engine.container("worker").modifiedAt(database);
}
