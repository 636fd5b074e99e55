import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { chainIdsOf } from "./deliver/chain-ids.ts";
import { FakeImageEngine, type FakeNode } from "../../test/fakes/images/fake-image-engine.ts";
import { blobName, sampleImage, type SampleImage } from "../../test/fakes/images/sample-image.ts";
import { loadLocalImages, type LocalImage, type LocalLayer } from "./local-image.ts";
import { NodeMemory } from "./deliver/node-memory.ts";
import { mediaTypes } from "./oci.ts";

const sample = sampleImage("app:1", ["base", "deps", "app"]);
const name = "docker.io/library/app:1";

let engine: FakeImageEngine;
let opened: string[];

beforeEach(() => {
  engine = new FakeImageEngine(["dev-control-plane", "dev-worker"], []);
  opened = [];
});

test("sends an image that no engine has to every node, under its config's digest", async () => {
  const { images } = await load([localImage(sample)]);
  expect(images.map(({ node, image, action }) => ({ node, image, action }))).toEqual([
    { node: "dev-control-plane", image: name, action: "sent" },
    { node: "dev-worker", image: name, action: "sent" },
  ]);
  for (const node of engine.nodes)
    expect([...node.images.keys()]).toEqual([name, sample.config.digest]);
  expect(engine.saves).toEqual([]);
});

test("opens only the layers that a node lacks", async () => {
  const [base = "", deps = ""] = sample.layers.map(({ diffId }) => diffId);
  for (const chainId of chainIdsOf([base, deps])) engine.node("dev-worker").chainIds.add(chainId);
  await load([localImage(sample)], ["dev-worker"]);
  expect(opened).toEqual([sample.layers[2]?.diffId]);
});

test("opens nothing when the nodes have the image", async () => {
  await load([localImage(sample)]);
  opened = [];
  const { images } = await load([localImage(sample)]);
  expect(images.map(({ action, bytes }) => ({ action, bytes }))).toEqual([
    { action: "present", bytes: 0 },
    { action: "present", bytes: 0 },
  ]);
  expect(opened).toEqual([]);
});

test("sends compressed layers as they are", async () => {
  const image = localImage(sample, (bytes) => gzipSync(bytes));
  await load([image], ["dev-worker"]);
  const [sent = []] = engine.node("dev-worker").imports;
  for (const { digest } of image.layers) expect(sent).toContain(blobName(digest));
  expect(engine.node("dev-worker").images.has(name)).toBe(true);
});

test("sends layers that images share once", async () => {
  const other = sampleImage("other:1", ["base", "deps", "other"]);
  await load([localImage(sample), localImage(other)], ["dev-worker"]);
  const [sent = []] = engine.node("dev-worker").imports;
  expect(sent.filter((file) => file === blobName(sample.layers[0]?.diffId ?? ""))).toHaveLength(1);
});

test("asks nodes that are remembered nothing, and sends them what is new", async () => {
  const memory = new NodeMemory();
  const worker = engine.node("dev-worker");
  await load([localImage(sample)], ["dev-worker"], memory);
  expect(worker.commands).toHaveLength(2);
  for (const change of ["second", "third"]) {
    opened = [];
    const changed = sampleImage(`app:${change}`, ["base", "deps", change]);
    const { images } = await load([localImage(changed)], ["dev-worker"], memory);
    expect(images.map(({ action }) => action)).toEqual(["sent"]);
    expect(opened).toEqual([changed.layers[2]?.diffId]);
  }
  expect(worker.commands).toHaveLength(4);
});

test.each<[string, (worker: FakeNode) => void]>([
  ["lost its layers", (worker) => worker.chainIds.clear()],
  [
    "fails",
    (worker) => {
      worker.onImport = () => {
        worker.onImport = () => Promise.resolve(undefined);
        return Promise.resolve({
          exitCode: 1,
          stdout: "",
          stderr: "ctr: flag provided but not defined",
        });
      };
    },
  ],
])("asks a node that is remembered and %s", async (_, change) => {
  const memory = new NodeMemory();
  const worker = engine.node("dev-worker");
  await load([localImage(sample)], ["dev-worker"], memory);
  change(worker);
  const changed = sampleImage("app:2", ["base", "deps", "changed"]);
  const { images } = await load([localImage(changed)], undefined, memory);
  expect(images.map(({ node, action }) => [node, action])).toEqual([
    ["dev-control-plane", "sent"],
    ["dev-worker", "sent"],
  ]);
  expect(worker.images.has("docker.io/library/app:2")).toBe(true);
});

test.each([
  [{ name: "App:1" }, "invalid-image-reference"],
  [{ platform: "linux/arm64" }, "image-platform-mismatch"],
])("refuses an image with %j", async (changed, code) => {
  await expect(load([{ ...localImage(sample), ...changed }])).rejects.toMatchObject({ code });
});

function load(images: readonly LocalImage[], nodes?: readonly string[], memory?: NodeMemory) {
  return loadLocalImages(
    {
      ...{ cluster: "dev", images },
      ...(nodes === undefined ? {} : { nodes }),
      ...(memory === undefined ? {} : { memory }),
    },
    { engine: engine.asEngine(), clock: new FakeClock(), reporter: new RecordingReporter() },
  );
}

function localImage(
  { ref, config, layers }: SampleImage,
  compress?: (bytes: Uint8Array) => Uint8Array,
): LocalImage {
  return {
    name: `docker.io/library/${ref}`,
    config: config.bytes,
    platform: "linux/amd64",
    layers: layers.map(({ diffId, bytes }): LocalLayer => {
      const stored = compress?.(bytes) ?? bytes;
      const digest = `sha256:${createHash("sha256").update(stored).digest("hex")}`;
      return {
        diffId,
        digest,
        mediaType: compress === undefined ? mediaTypes.ociLayer : `${mediaTypes.ociLayer}+gzip`,
        sizeBytes: stored.byteLength,
        open: async function* () {
          opened.push(digest);
          yield stored;
        },
      };
    }),
  };
}
