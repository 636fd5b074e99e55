import { beforeEach, expect, test } from "vitest";
import type { ProgressEvent } from "../progress/events.ts";
import { FakeImageEngine } from "./fakes/fake-image-engine.ts";
import { InMemoryBlobFiles } from "./fakes/in-memory-files.ts";
import { blobName, legacyArchiveFiles, sampleImage } from "./fakes/sample-image.ts";
import { hasImageOnNodes, loadImages, type LoadRequest } from "./load-images.ts";

const app1 = sampleImage("app:1", ["base", "deps", "app one"]);
const app2 = sampleImage("app:2", ["base", "deps", "app two"]);
const nameOfApp1 = "docker.io/library/app:1";

let engine: FakeImageEngine;
let files: InMemoryBlobFiles;
let events: ProgressEvent[];

beforeEach(() => {
  engine = new FakeImageEngine(["dev-control-plane", "dev-worker"], [app1, app2]);
  files = new InMemoryBlobFiles();
  events = [];
});

test("sends an image to every node, once out of the engine", async () => {
  const { images } = await load();
  expect(images.map(({ node, action }) => ({ node, action }))).toEqual([
    { node: "dev-control-plane", action: "sent" },
    { node: "dev-worker", action: "sent" },
  ]);
  expect(images[0]?.bytes).toBeGreaterThan(0);
  expect(engine.saves).toHaveLength(1);
  for (const node of engine.nodes) expect(node.images.has(nameOfApp1)).toBe(true);
});

test("leaves nothing on the host", async () => {
  await load();
  expect([...files.folders, ...files.contents.keys()]).toEqual([]);
});

test("sends nothing to nodes that have the image", async () => {
  await load();
  const { images } = await load();
  expect(images.map(({ action, bytes }) => ({ action, bytes }))).toEqual([
    { action: "present", bytes: 0 },
    { action: "present", bytes: 0 },
  ]);
  expect(engine.saves).toHaveLength(1);
});

test.each([
  ["of Docker 25", undefined],
  ["before Docker 25", legacyArchiveFiles],
])("sends only the changed layer, from the format %s", async (_, archiveOf) => {
  if (archiveOf !== undefined) engine.archiveOf = archiveOf;
  await load();
  await load({ images: ["app:2"] });
  const sent = engine.node("dev-worker").imports[1] ?? [];
  expect(sent).toContain(blobName(app2.layers[2]?.diffId ?? ""));
  expect(sent).not.toContain(blobName(app2.layers[0]?.diffId ?? ""));
  expect(sent.filter((name) => name.startsWith("blobs/"))).toHaveLength(3);
});

test("sends to each node what that node lacks", async () => {
  await load({ nodes: ["dev-worker"] });
  await load({ images: ["app:2"] });
  expect(engine.node("dev-worker").imports.at(-1)).toHaveLength(5);
  expect(engine.node("dev-control-plane").imports.at(-1)).toHaveLength(7);
});

test("sends layers that images share once", async () => {
  await load({ images: ["app:1", "app:2"] });
  const [sent = []] = engine.node("dev-worker").imports;
  expect(sent.filter((name) => name === blobName(app1.layers[0]?.diffId ?? ""))).toHaveLength(1);
  expect(engine.saves.map(({ refs }) => refs)).toEqual([["app:1", "app:2"]]);
});

test("tags an image that nodes have under another name", async () => {
  await load();
  engine.images.set("other:3", { ...app1, ref: "other:3" });
  const { images } = await load({ images: ["other:3"] });
  expect(images.map(({ action }) => action)).toEqual(["tagged", "tagged"]);
  expect(engine.node("dev-worker").images.has("docker.io/library/other:3")).toBe(true);
});

test("asks the containerd store for one platform and knows the image again by its manifest", async () => {
  engine.hasContainerdStore = true;
  await load();
  expect(engine.saves[0]?.options.platform).toBe("linux/amd64");
  expect((await load()).images.map(({ action }) => action)).toEqual(["present", "present"]);
});

test("sends everything when the node turns out to lack a layer", async () => {
  await load();
  const worker = engine.node("dev-worker");
  let imports = 0;
  worker.onImport = () => {
    imports += 1;
    // The garbage collector took a layer after the facts were read.
    if (imports === 1) worker.chainIds.clear();
    return Promise.resolve(undefined);
  };
  const { images } = await load({ images: ["app:2"] });
  expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
  expect(worker.imports).toHaveLength(3);
  expect(worker.commands).toContainEqual(
    expect.arrayContaining(["rm", "docker.io/library/app:2"]),
  );
  expect(worker.imports.at(-1)?.filter((name) => name.startsWith("blobs/"))).toHaveLength(5);
});

test("serves the other nodes when one fails, and says which and why", async () => {
  engine.node("dev-control-plane").onImport = () =>
    Promise.resolve({ exitCode: 1, stdout: "", stderr: "level=info\nctr: no space left on device" });
  await expect(load()).rejects.toThrowError(
    expect.objectContaining({
      code: "image-load-failed",
      facts: { failures: [{ node: "dev-control-plane", reason: "no space left on device" }] },
    }),
  );
  expect(engine.node("dev-worker").images.has(nameOfApp1)).toBe(true);
  expect(files.folders.size).toBe(0);
});

test("serves the other nodes when one is dead from the start", async () => {
  engine.node("dev-worker").isDead = true;
  await expect(load()).rejects.toThrowError(/dev-worker: .*is not running/);
  expect(engine.node("dev-control-plane").images.has(nameOfApp1)).toBe(true);
});

test("does not let a slow node hold back the others", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  engine.node("dev-control-plane").onImport = () => released.then(() => undefined);
  const loading = load();
  while (!engine.node("dev-worker").images.has(nameOfApp1))
    await new Promise((resolve) => setImmediate(resolve));
  expect(engine.node("dev-control-plane").images.size).toBe(0);
  release();
  await loading;
});

test("reports the engine's failure as it is", async () => {
  engine.archiveOf = () => {
    throw new Error("the engine went away");
  };
  await expect(load()).rejects.toThrowError("the engine went away");
  expect(files.folders.size).toBe(0);
});

test("checks what the import left on the node", async () => {
  engine.node("dev-worker").onImport = () =>
    Promise.resolve({ exitCode: 0, stdout: "other:1\n", stderr: "" });
  await expect(load()).rejects.toThrowError(/dev-worker: after the import it has no docker.io/);
});

test("stops when it is cancelled", async () => {
  const abort = new AbortController();
  engine.node("dev-worker").onImport = () => {
    abort.abort(new Error("cancelled by the user"));
    return Promise.reject(abort.signal.reason as Error);
  };
  await expect(load({}, abort.signal)).rejects.toThrowError("cancelled by the user");
  expect(files.folders.size).toBe(0);
});

test.each<[Partial<LoadRequest>, string]>([
  [{ images: ["nope:1"] }, "image-not-found"],
  [{ images: ["App:1"] }, "invalid-image-reference"],
  [{ images: ["--help"] }, "invalid-image-reference"],
  [{ cluster: "other" }, "cluster-not-found"],
  [{ nodes: ["dev-worker9"] }, "node-not-found"],
  [{ nodes: ["dev-registry"] }, "node-not-found"],
])("refuses %j with %s and touches no node", async (request, code) => {
  await expect(load(request)).rejects.toThrowError(expect.objectContaining({ code }));
  expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
});

test("refuses an image for another platform", async () => {
  engine.images.set("arm:1", sampleImage("arm:1", ["x"], { architecture: "arm64" }));
  await expect(load({ images: ["arm:1"] })).rejects.toThrowError(
    expect.objectContaining({ code: "image-platform-mismatch" }),
  );
  expect(engine.saves).toEqual([]);
});

test("warns of the tag latest, which pods pull anyway", async () => {
  engine.images.set("tool", sampleImage("tool", ["x"]));
  await load({ images: ["tool", "app:1"] });
  expect(events.filter(({ type }) => type === "warning")).toMatchObject([
    { code: "image-always-pulled", message: expect.stringContaining('"tool"') },
  ]);
});

test("tells whether all nodes have the image as the engine has it now", async () => {
  const has = () => hasImageOnNodes({ cluster: "dev", image: "app:1" }, { engine: engine.asEngine() });
  expect(await has()).toBe(false);
  await load({ nodes: ["dev-worker"] });
  expect(await has()).toBe(false);
  await load();
  expect(await has()).toBe(true);
  engine.images.set("app:1", { ...app2, ref: "app:1" });
  expect(await has()).toBe(false);
});

function load(
  request: Partial<LoadRequest> = {},
  signal?: AbortSignal,
): ReturnType<typeof loadImages> {
  const ports = {
    engine: engine.asEngine(),
    files,
    clock: { monotonicMs: () => 0 },
    reporter: { report: (event: ProgressEvent) => events.push(event), close: () => Promise.resolve() },
  } as unknown as Parameters<typeof loadImages>[1];
  return loadImages({ cluster: "dev", images: ["app:1"], ...request }, ports, signal);
}
