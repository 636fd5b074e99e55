import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DockerContainerEngine } from "../../src/adapters/docker/docker-container-engine.ts";
import { resolveEngineAddress } from "../../src/adapters/docker/resolve-engine-address.ts";
import { DockerPushEndpoint } from "../../src/adapters/push-endpoint/docker-push-endpoint.ts";
import { SystemClock } from "../../src/adapters/system/system-clock.ts";
import { SystemFiles } from "../../src/adapters/system/system-files.ts";
import {
  blob,
  legacyArchiveFiles,
  ociArchiveFiles,
  sampleImage,
  tarOf,
  type ArchiveFile,
  type SampleImage,
} from "../fakes/images/sample-image.ts";
import type { LoadReport } from "../../src/images/deliver/deliver-images.ts";
import { listImagesOnNodes } from "../../src/images/list-node-images.ts";
import { loadArchives } from "../../src/images/load-archive.ts";
import { hasImageOnNodes, loadImages } from "../../src/images/load-images.ts";
import { loadLocalImages, type LocalImage } from "../../src/images/local-image.ts";
import { NodeMemory } from "../../src/images/deliver/node-memory.ts";
import { mediaTypes } from "../../src/images/oci.ts";
import type { ContainerEngine } from "../../src/ports/container-engine.ts";
import type { PushedLayer, PushEndpoint } from "../../src/ports/push-endpoint.ts";
import { RecordingReporter } from "../fakes/recording-reporter.ts";
import type { OtherEngine, SecondEngine } from "./second-engine.ts";

const label = "airfield.load-image-test";
/** Runs of other people on the same engine are left alone unless they are as old as this. */
const staleMs = 60 * 60 * 1000;
const baseBytes = 8_000_000;
const appBytes = 100_000;

const files = new SystemFiles();
/** The machine's own. */
const machineAddress = await resolveEngineAddress({
  env: process.env,
  homeDirectory: os.homedir(),
  files,
});
let address = machineAddress;
let engine = new DockerContainerEngine(address);
const nodeImage = process.env["AIRFIELD_NODE_IMAGE"] ?? (await builtNodeImage());
const problem = await whyNot();

const run = `airfield-load-${randomBytes(3).toString("hex")}`;
const nodes = [`${run}-worker`, `${run}-worker2`] as const;
const base = randomBytes(baseBytes);
const refs: string[] = [];
let temporary = "";
let secondEngine: SecondEngine | undefined;

/** The suite, on the machine's engine or on another. Each file that calls it has a state of its own. */
export function testLoading(title: string, other?: OtherEngine): void {
  const reason = problem ?? other?.problem?.();
  const isRequired = process.env["REQUIRE_DOCKER"] === "1";
  if (reason !== undefined && isRequired && !(problem === undefined && other?.isOptional)) {
    test("Docker and the node image are required", () => expect.fail(reason));
    return;
  }
  describe.skipIf(reason !== undefined)(`${title}${reason ? ` (${reason})` : ""}`, () => {
    beforeAll(async () => {
      if (other !== undefined) await moveTo(await other.start());
      await start();
    });
    afterAll(async () => {
      await cleanUp();
      await secondEngine?.[Symbol.asyncDispose]();
    });
    loading();
  });
}

async function moveTo(second: SecondEngine): Promise<void> {
  secondEngine = second;
  const machine = engine;
  address = second.address;
  engine = new DockerContainerEngine(address);
  await engine.loadImages(machine.saveImages([nodeImage ?? ""]));
}

function loading(): void {
  test("brings an image to every node under the engine's id, and knows it again", async () => {
    const image = await anImage("first:1");
    expect(await hasImage(image)).toBe(false);
    const first = await load([image]);
    expect(first.images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    expect(first.images[0]?.bytes).toBeGreaterThan(baseBytes);
    for (const node of nodes) {
      const ids = await onNode(node, "crictl", "images", "-q");
      expect(ids).toContain(image.config.digest);
      expect(await contentOf(node, image)).toBe("first:1");
    }
    const second = await load([image]);
    expect(second.images.map(({ action, bytes }) => [action, bytes])).toEqual([
      ["present", 0],
      ["present", 0],
    ]);
    expect(await hasImage(image)).toBe(true);
  });

  test.each<[string, { readonly isPushed: boolean; readonly isLegacy?: boolean }]>([
    ["by a push", { isPushed: true }],
    ["by save", { isPushed: false }],
    ["by save before Docker 25", { isPushed: false, isLegacy: true }],
  ])("sends only a changed layer, %s", async (title, { isPushed, isLegacy }) => {
    const before = await anImage(`changed:${title.length}-1`);
    await load([before]);
    const after = await anImage(`changed:${title.length}-2`);
    let saves = 0;
    const watched = withEngine({
      saveImages: (names, options) => {
        saves += 1;
        return isLegacy === true
          ? tarOf(legacyArchiveFiles([after]))
          : engine.saveImages(names, options);
      },
    });
    let refused = 0;
    const onRefusal = () => (refused += 1);
    const { images } = await load([after], { engine: watched, isPushed, onRefusal });
    for (const { bytes } of images) {
      expect(bytes).toBeGreaterThan(appBytes);
      expect(bytes).toBeLessThan(appBytes + 20_000);
    }
    // An engine with containerd's store is not asked to push: it saves without staging the whole image first.
    const { hasContainerdStore } = await engine.info();
    const isReallyPushed = isPushed && !hasContainerdStore;
    expect(saves).toBe(isReallyPushed ? 0 : 1);
    // It is told as soon as the large layer comes that nobody waits for it, and goes on with the other.
    expect(refused).toBe(isReallyPushed ? 1 : 0);
    for (const node of nodes)
      expect(await contentOf(node, after)).toBe(after.ref.slice(run.length + 1));
    expect(await hasImage(after)).toBe(true);
  });

  test("gives an image another name without sending it", async () => {
    const image = await anImage("named:1");
    await load([image]);
    const other = `${run}/other-name:1`;
    await engine.tagImage(image.ref, other);
    refs.push(other);
    const { images } = await load([{ ...image, ref: other }]);
    expect(images.map(({ action }) => action)).toEqual(["tagged", "tagged"]);
    const again = await load([{ ref: other }]);
    expect(again.images.map(({ action }) => action)).toEqual(["present", "present"]);
  });

  test("sends everything when the garbage collector was quicker", async () => {
    const before = await anImage("collected:1", randomBytes(baseBytes));
    await load([before], { nodes: [nodes[0]] });
    const after = sampleImage(`${run}/collected:2`, [
      ...before.layers.slice(0, 1).map(({ bytes }) => bytes),
      await layer("app.txt", "collected:2"),
    ]);
    await bringToEngine(after);
    const raced = withEngine({
      exec: async (node, command, options) => {
        const result = await engine.exec(node, command, options);
        if (command.join(" ").includes("config dump")) await forget(node, before);
        return result;
      },
    });
    const { images } = await load([after], { engine: raced, nodes: [nodes[0]] });
    expect(images).toMatchObject([{ action: "sent" }]);
    expect(await contentOf(nodes[0], after)).toBe("collected:2");
  });

  test("loads several images that share layers, each layer once", async () => {
    const shared = randomBytes(baseBytes);
    const images = [await anImage("shared-a:1", shared), await anImage("shared-b:1", shared)];
    const report = await load(images, { nodes: [nodes[1]] });
    const [first = 0, second = 0] = report.images.map(({ bytes }) => bytes);
    expect(first).toBeGreaterThan(baseBytes);
    expect(second).toBeLessThan(appBytes + 20_000);
  });

  test("refuses an archive that is cut off, and the node stays as it was", async () => {
    const image = await anImage("cut:1", randomBytes(baseBytes));
    const before = await onNode(nodes[0], "ctr", "-n", "k8s.io", "images", "ls", "-q");
    const cutting = withEngine({
      saveImages: async function* (names, options) {
        let bytes = 0;
        for await (const chunk of engine.saveImages(names, options)) {
          yield chunk;
          if ((bytes += chunk.byteLength) > baseBytes / 2) return;
        }
      },
    });
    await expect(load([image], { engine: cutting })).rejects.toMatchObject({
      code: "image-archive-invalid",
    });
    expect(await onNode(nodes[0], "ctr", "-n", "k8s.io", "images", "ls", "-q")).toBe(before);
  });

  test("is cancelled in the middle, and works when repeated", async () => {
    const image = await anImage("cancelled:1", randomBytes(baseBytes));
    const abort = new AbortController();
    const cancelling = withEngine({
      saveImages: async function* (names, options) {
        for await (const chunk of engine.saveImages(names, options)) {
          yield chunk;
          abort.abort(new Error("cancelled by the user"));
        }
      },
    });
    const cancelled = load([image], { engine: cancelling, signal: abort.signal });
    await expect(cancelled).rejects.toThrowError("cancelled by the user");
    expect((await load([image])).images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    expect(await contentOf(nodes[1], image)).toBe("cancelled:1");
  });

  test("loads eight images at once", async () => {
    const images = await Promise.all(
      Array.from({ length: 8 }, (_, i) => makeImage(`eight:${i}`, randomBytes(1_000_000))),
    );
    // In one archive: eight at once keep an engine with containerd's store busy for longer than what is tested here.
    await bringToEngine(...images);
    const reports = await Promise.all(images.map((image) => load([image])));
    expect(reports.flatMap(({ images: loaded }) => loaded)).toHaveLength(16);
    for (const image of images) expect(await hasImage(image)).toBe(true);
  });

  test("refuses a layer that is not what its name says, and the node stays as it was", async () => {
    const image = await anImage("spoilt:1", randomBytes(baseBytes));
    const before = await onNode(nodes[0], "ctr", "-n", "k8s.io", "images", "ls", "-q");
    const other = randomBytes(baseBytes);
    const spoiling = withEngine({
      saveImages: () =>
        tarOf(
          ociArchiveFiles([image]).map((file) =>
            file.name.includes(image.layers[0]?.diffId.slice("sha256:".length) ?? "none")
              ? { ...file, content: other }
              : file,
          ),
        ),
    });
    await expect(load([image], { engine: spoiling, isPushed: false })).rejects.toMatchObject({
      code: "image-load-failed",
    });
    expect(await onNode(nodes[0], "ctr", "-n", "k8s.io", "images", "ls", "-q")).toBe(before);
    expect((await load([image])).images.map(({ action }) => action)).toEqual(["sent", "sent"]);
  });

  test.each<[string, (tar: Uint8Array) => Uint8Array]>([
    ["gzip", (tar) => zlib.gzipSync(tar)],
    ["zstd", (tar) => zlib.zstdCompressSync(tar)],
  ])("loads archives of both formats from stdin, %s", async (kind, compress) => {
    const older = await anImage(`archive-${kind}:1`);
    const newer = sampleImage(`${run}/archive-${kind}:2`, [
      ...older.layers.slice(0, 1).map(({ bytes }) => bytes),
      await layer("app.txt", "newer"),
    ]);
    for (const tar of [
      tarOf(legacyArchiveFiles([older])),
      tarOf(withFullNames(ociArchiveFiles([newer]))),
    ]) {
      const stdin = inPieces(compress(await buffer(tar)));
      const { images } = await loadArchives({ cluster: run, archives: [{ stdin }] }, ports());
      expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    }
    expect(await contentOf(nodes[0], older)).toBe(`archive-${kind}:1`);
    expect(await contentOf(nodes[1], newer)).toBe("newer");
  });

  test.each<[string, (tar: Uint8Array) => Uint8Array]>([
    ["gzip", (tar) => zlib.gzipSync(tar)],
    ["zstd", (tar) => zlib.zstdCompressSync(tar)],
  ])("sends layers compressed with %s as they are", async (kind, compress) => {
    const sample = sampleImage(`${run}/layers-${kind}:1`, [
      await layer("base.bin", randomBytes(baseBytes)),
      await layer("app.txt", kind),
    ]);
    const image: LocalImage = {
      name: sample.ref,
      config: sample.config.bytes,
      platform: "linux/amd64",
      layers: sample.layers.map(({ diffId, bytes }) => {
        const stored = blob(compress(bytes));
        return {
          diffId,
          digest: stored.digest,
          mediaType: `application/vnd.oci.image.layer.v1.tar+${kind}`,
          sizeBytes: stored.bytes.byteLength,
          open: () => inPieces(stored.bytes),
        };
      }),
    };
    await loadLocalImages({ cluster: run, images: [image] }, ports());
    for (const node of nodes) expect(await contentOf(node, sample)).toBe(kind);
    const again = await loadLocalImages({ cluster: run, images: [image] }, ports());
    expect(again.images.map(({ action }) => action)).toEqual(["present", "present"]);
  });

  test("sends new images to nodes that are remembered, and asks one that lost a layer", async () => {
    const memory = new NodeMemory();
    const lowest = await layer("base.bin", randomBytes(baseBytes));
    const send = async (name: string) => {
      const sample = sampleImage(`${run}/${name}`, [lowest, await layer("app.txt", name)]);
      const layers = sample.layers.map(({ diffId, bytes }) => ({
        ...{ diffId, digest: diffId, mediaType: mediaTypes.ociLayer },
        sizeBytes: bytes.byteLength,
        open: () => inPieces(bytes),
      }));
      const image = {
        ...{ name: sample.ref, config: sample.config.bytes },
        ...{ platform: "linux/amd64", layers },
      };
      const { images } = await loadLocalImages({ cluster: run, images: [image], memory }, ports());
      for (const node of nodes) expect(await contentOf(node, sample)).toBe(name);
      return { sample, sentBytes: images.map(({ bytes }) => bytes) };
    };
    const first = await send("remembered:1");
    const second = await send("remembered:2");
    for (const bytes of second.sentBytes) expect(bytes).toBeLessThan(20_000);
    await forget(nodes[0], first.sample, second.sample);
    const [again = 0, kept = 0] = (await send("remembered:3")).sentBytes;
    expect(again).toBeGreaterThan(baseBytes);
    expect(kept).toBeLessThan(20_000);
  });

  test("a node that was restarted has what was loaded before", async () => {
    const image = await anImage("restarted:1");
    await load([image]);
    await engine.stopContainer(nodes[1], { timeoutSeconds: 5 });
    await engine.startContainer(nodes[1]);
    await waitForContainerd(nodes[1]);
    expect(await hasImage(image)).toBe(true);
    expect(await contentOf(nodes[1], image)).toBe("restarted:1");
  });

  test("lists what is on the nodes, with what images share", async () => {
    const shared = randomBytes(baseBytes);
    const images = [await anImage("listed-a:1", shared), await anImage("listed-b:1", shared)];
    await load(images);
    const listed = await listImagesOnNodes({ cluster: run, nodes: [nodes[0]] }, ports());
    for (const { ref, config } of images) {
      const found = listed.find(({ image }) => image === ref);
      expect(found).toMatchObject({ node: nodes[0], id: config.digest, isLoaded: true });
      expect(found?.sharedBytes).toBeGreaterThanOrEqual(baseBytes);
      expect(found?.sizeBytes).toBeGreaterThanOrEqual(baseBytes + appBytes);
    }
  });

  test("serves the other node when one is gone", async () => {
    const image = await anImage("gone:1");
    const failing = withEngine({
      exec: (node, command, options) =>
        options?.stdin !== undefined && node === nodes[0]
          ? engine.exec(
              node,
              ["sh", "-c", "echo 'ctr: no space left on device' >&2; exit 1"],
              options,
            )
          : engine.exec(node, command, options),
    });
    await expect(load([image], { engine: failing })).rejects.toMatchObject({
      code: "image-load-failed",
      facts: { failures: [{ node: nodes[0], reason: "no space left on device" }] },
    });
    expect(await contentOf(nodes[1], image)).toBe("gone:1");
  });

  test("leaves nothing on the host", async () => {
    expect(await files.list(temporary)).toEqual([]);
    for (const ref of refs) {
      const { tags = [] } = (await engine.inspectImage(ref)) ?? {};
      expect(tags.filter((tag) => tag.includes("/airfield-load"))).toEqual([]);
    }
  });
}

async function start(): Promise<void> {
  // Its own, so that what others leave in the usual one is not taken for ours.
  temporary = await files.makeTemporaryDirectory("airfield-load-test-");
  process.env["TMPDIR"] = temporary;
  await sweep(Date.now() - staleMs);
  for (const node of nodes) {
    await engine.createContainer({
      name: node,
      image: nodeImage ?? "",
      hostname: node,
      labels: {
        [label]: run,
        "io.x-k8s.kind.cluster": run,
        "io.x-k8s.kind.role": "worker",
      },
      env: {},
      privileged: true,
      securityOptions: ["seccomp=unconfined", "apparmor=unconfined"],
      tmpfs: ["/tmp", "/run"],
      anonymousVolumes: ["/var"],
      network: { name: "bridge" },
      tty: true,
      privateCgroupNamespace: true,
      restart: "no",
    });
    await engine.startContainer(node);
  }
  for (const node of nodes) await waitForContainerd(node);
}

async function waitForContainerd(node: string): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const { exitCode } = await engine.exec(node, ["crictl", "info"]);
    if (exitCode === 0) return;
    await wait(500);
  }
  throw new Error(`containerd does not answer on ${node}`);
}

async function cleanUp(): Promise<void> {
  for (const node of nodes) await engine.removeContainer(node);
  for (const ref of refs) await engine.removeImage(ref);
  await files.remove(temporary);
}

/** Nodes of runs that were killed. */
async function sweep(beforeMs: number): Promise<void> {
  for (const { id, createdAt } of await engine.listContainers({ labels: { [label]: "" } }))
    if (Date.parse(createdAt) < beforeMs) await engine.removeContainer(id);
}

async function anImage(name: string, lowest?: Uint8Array): Promise<SampleImage> {
  const image = await makeImage(name, lowest);
  await bringToEngine(image);
  return image;
}

async function makeImage(name: string, lowest: Uint8Array = base): Promise<SampleImage> {
  return sampleImage(`${run}/${name}`, [
    await layer("base.bin", lowest),
    // Not compressible, so that bytes sent can be reckoned with.
    await layer("padding.bin", randomBytes(appBytes), ["app.txt", name]),
  ]);
}

async function bringToEngine(...images: readonly SampleImage[]): Promise<void> {
  refs.push(...images.map(({ ref }) => ref));
  await engine.loadImages(tarOf(legacyArchiveFiles(images)));
}

async function layer(
  name: string,
  content: string | Uint8Array,
  ...more: readonly (readonly [string, string])[]
): Promise<Uint8Array> {
  const tar = pack();
  tar.entry({ name, mtime: new Date(0) }, Buffer.from(content as Uint8Array));
  for (const [other, text] of more) tar.entry({ name: other, mtime: new Date(0) }, text);
  tar.finalize();
  return buffer(tar);
}

interface LoadOptions {
  readonly engine?: ContainerEngine;
  readonly isPushed?: boolean;
  readonly nodes?: readonly string[];
  readonly onRefusal?: () => void;
  readonly signal?: AbortSignal;
}

function load(
  images: readonly { readonly ref: string }[],
  { engine: used = engine, isPushed = true, nodes: chosen, onRefusal, signal }: LoadOptions = {},
): Promise<LoadReport> {
  return loadImages(
    {
      cluster: run,
      images: images.map(({ ref }) => ref),
      ...(chosen === undefined ? {} : { nodes: chosen }),
    },
    {
      ...ports(),
      engine: used,
      ...(isPushed
        ? { pushEndpoint: pushEndpoint(new DockerPushEndpoint(address), onRefusal) }
        : {}),
    },
    signal,
  );
}

/** @param onRefusal makes layers wait for the first refusal before they end, or a small one could be there too soon for any */
function pushEndpoint(endpoint: PushEndpoint, onRefusal: (() => void) | undefined): PushEndpoint {
  if (onRefusal === undefined) return endpoint;
  const refusal = Promise.withResolvers<undefined>();
  const observed = (layer: PushedLayer): PushedLayer => ({
    refuse() {
      onRefusal();
      layer.refuse();
      refusal.resolve(undefined);
    },
    async *[Symbol.asyncIterator]() {
      yield* layer;
      await refusal.promise;
    },
  });
  return {
    describeImage: (image, options) => endpoint.describeImage(image, options),
    pushLayers: (image, receive, options) =>
      endpoint.pushLayers(image, (layer) => receive(observed(layer)), options),
  };
}

function ports() {
  return { engine, files, clock: new SystemClock(), reporter: new RecordingReporter() };
}

/** As engines write them: with the registry. */
function withFullNames(archive: readonly ArchiveFile[]): readonly ArchiveFile[] {
  return archive.map((file) =>
    file.name === "index.json"
      ? { ...file, content: String(file.content).replace("docker.io/library/", "docker.io/") }
      : file,
  );
}

async function* inPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

function hasImage({ ref }: SampleImage): Promise<boolean> {
  return hasImageOnNodes({ cluster: run, image: ref }, { engine });
}

/** The real engine but for some methods. */
function withEngine(changed: Partial<ContainerEngine>): ContainerEngine {
  return new Proxy<ContainerEngine>(engine, {
    get: (target, name: keyof ContainerEngine) => {
      const method = changed[name] ?? target[name];
      return (method as (...parameters: unknown[]) => unknown).bind(target);
    },
  });
}

async function onNode(node: string, ...command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout;
}

/** What the topmost layer's file holds when the image is mounted: proof that all of it is there. */
async function contentOf(node: string, { ref }: SampleImage): Promise<string> {
  // A folder of its own: on a busy machine containerd forgets a mount a moment after it is gone ("already exists").
  const script = `set -e
    folder=$(mktemp -d)
    ctr -n k8s.io images mount "$1" "$folder" >&2
    test "$(wc -c < "$folder/base.bin")" = ${baseBytes}
    cat "$folder/app.txt"
    ctr -n k8s.io images unmount --rm "$folder" >&2`;
  return onNode(node, "sh", "-c", script, "sh", `docker.io/${ref}`);
}

/** As the garbage collector of the kubelet and of containerd do. */
async function forget(node: string, ...images: readonly SampleImage[]): Promise<void> {
  const lowest = images[0]?.layers[0]?.diffId ?? "";
  for (const name of images.flatMap(({ ref, config }) => [`docker.io/${ref}`, config.digest]))
    await engine.exec(node, ["ctr", "-n", "k8s.io", "images", "rm", "--sync", name]);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const snapshots = await onNode(node, "ctr", "-n", "k8s.io", "snapshots", "ls");
    if (!snapshots.includes(lowest)) return;
    await wait(100);
  }
  throw new Error("the layers did not go");
}

async function builtNodeImage(): Promise<string | undefined> {
  const script = path.join(import.meta.dirname, "../../images/content-tag");
  if (!existsSync(script)) return undefined;
  const { stdout } = await promisify(execFile)(script, ["node"]);
  return stdout.trim();
}

async function whyNot(): Promise<string | undefined> {
  try {
    if (nodeImage === undefined) return "no node image: set AIRFIELD_NODE_IMAGE";
    return (await engine.inspectImage(nodeImage)) === undefined
      ? `no node image ${nodeImage}: run images/build node, or set AIRFIELD_NODE_IMAGE`
      : undefined;
  } catch (error) {
    return String(error);
  }
}
