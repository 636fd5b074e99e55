import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { ToolError } from "../errors/tool-error.ts";
import { FakeImageEngine } from "../../test/fakes/images/fake-image-engine.ts";
import { FakePushEndpoint } from "../../test/fakes/images/fake-push-endpoint.ts";
import { blobName, legacyArchiveFiles, sampleImage } from "../../test/fakes/images/sample-image.ts";
import { hasImageOnNodes, loadImages, type LoadRequest } from "./load-images.ts";

const app1 = sampleImage("app:1", ["base", "deps", "app one"]);
const app2 = sampleImage("app:2", ["base", "deps", "app two"]);
const nameOfApp1 = "docker.io/library/app:1";

let engine: FakeImageEngine;
let files: FakeFiles;
let reporter: RecordingReporter;
let pushEndpoint: FakePushEndpoint | undefined;
let letTimePass: () => void;

beforeEach(() => {
  engine = new FakeImageEngine(["dev-control-plane", "dev-worker"], [app1, app2]);
  files = new FakeFiles();
  reporter = new RecordingReporter();
  pushEndpoint = undefined;
  letTimePass = () => {};
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
  expect(await files.list("/tmp")).toEqual([]);
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

test("asks a node once how it unpacks, and again when it was started again", async () => {
  await load();
  const worker = engine.node("dev-worker");
  expect(worker.commands).toHaveLength(2);
  await load();
  expect(worker.commands).toHaveLength(2);
  await load({ images: ["app:2"] });
  expect(worker.commands).toHaveLength(3);
  worker.startedAt = "2026-01-02T00:00:00Z";
  engine.images.set("app:3", sampleImage("app:3", ["base", "deps", "app three"]));
  await load({ images: ["app:3"] });
  expect(worker.commands).toHaveLength(5);
});

test("asks a node again where what was kept of it is damaged", async () => {
  await load();
  const worker = engine.node("dev-worker");
  for (const path of worker.files.keys()) worker.files.set(path, '{"startedAt":');
  await load({ images: ["app:2"] });
  expect(worker.commands).toHaveLength(4);
  expect(worker.images.has("docker.io/library/app:2")).toBe(true);
});

describe("where containerd's database cannot be read from outside of the node", () => {
  beforeEach(() => {
    for (const node of engine.nodes) node.hasDatabase = false;
  });

  test("a node that has the image is asked once, and once more to bring it another", async () => {
    await load();
    const { commands } = engine.node("dev-worker");
    commands.length = 0;
    expect((await load()).images.map(({ action }) => action)).toEqual(["present", "present"]);
    expect(commands).toHaveLength(1);
    await load({ images: ["app:2"] });
    expect(commands).toHaveLength(3);
  });

  test("a node gets what it lacks", async () => {
    await load();
    await load({ images: ["app:2"] });
    const sent = engine.node("dev-worker").imports[1] ?? [];
    expect(sent.filter((name) => name.startsWith("blobs/"))).toHaveLength(3);
  });

  test("whether nodes have an image is asked of them", async () => {
    await load({ nodes: ["dev-worker"] });
    const has = (node: string) =>
      hasImageOnNodes(
        { cluster: "dev", image: "app:1", nodes: [node] },
        { engine: engine.asEngine() },
      );
    expect(await has("dev-worker")).toBe(true);
    expect(await has("dev-control-plane")).toBe(false);
  });
});

test.each([
  ["as it imports", true],
  ["afterwards, where containerd is older", false],
])("labels what it brought, %s", async (_, labelsImports) => {
  const worker = engine.node("dev-worker");
  worker.labelsImports = labelsImports;
  engine.hasContainerdStore = true;
  await load({ images: ["app:1", "app:2"] });
  expect(worker.images.get(nameOfApp1)?.label).toContain("airfield.dev/loaded=true");
  expect(worker.labelledLater.at(-1)).toContain(nameOfApp1);
  engine.hasContainerdStore = false;
  engine.images.set("new:1", sampleImage("new:1", ["new"]));
  await load({ images: ["new:1"] });
  expect(worker.images.get("docker.io/library/new:1")?.label).toBe("airfield.dev/loaded=true");
  expect(worker.labelledLater.at(-1)).toHaveLength(labelsImports ? 0 : 2);
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
  expect(worker.commands).toContainEqual(expect.arrayContaining(["rm", "docker.io/library/app:2"]));
  expect(worker.imports.at(-1)?.filter((name) => name.startsWith("blobs/"))).toHaveLength(5);
});

test("serves the other nodes when one fails, and says which and why", async () => {
  engine.node("dev-control-plane").onImport = () =>
    Promise.resolve({
      exitCode: 1,
      stdout: "",
      stderr: "level=info\nctr: no space left on device",
    });
  await expect(load()).rejects.toThrowError(
    expect.objectContaining({
      code: "image-load-failed",
      facts: { failures: [{ node: "dev-control-plane", reason: "no space left on device" }] },
    }),
  );
  expect(engine.node("dev-worker").images.has(nameOfApp1)).toBe(true);
  expect(await files.list("/tmp")).toEqual([]);
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
  await vi.waitUntil(() => engine.node("dev-worker").images.has(nameOfApp1));
  expect(engine.node("dev-control-plane").images.size).toBe(0);
  release();
  await loading;
});

test("a node that is stopped is named with the command that starts it", async () => {
  engine.node("dev-worker").exec = () =>
    Promise.reject(new ToolError("container-not-running", { container: "dev-worker" }));
  await expect(load()).rejects.toThrowError(/dev-worker: .*not running.*docker start dev-worker/);
  expect(engine.node("dev-control-plane").images.has(nameOfApp1)).toBe(true);
});

test("reports the engine's failure as it is", async () => {
  engine.archiveOf = () => {
    throw new Error("the engine went away");
  };
  await expect(load()).rejects.toThrowError("the engine went away");
  expect(await files.list("/tmp")).toEqual([]);
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
  expect(await files.list("/tmp")).toEqual([]);
});

test("sends an image whose other name has gone meanwhile", async () => {
  await load();
  engine.images.set("other:3", { ...app1, ref: "other:3" });
  const worker = engine.node("dev-worker");
  worker.onFacts = () => worker.images.clear();
  const { images } = await load({ images: ["other:3"] });
  expect(images.map(({ action }) => action)).toEqual(["tagged", "sent"]);
});

describe("with an engine whose pushes reach us", () => {
  beforeEach(async () => {
    pushEndpoint = new FakePushEndpoint(engine);
    await load();
    expect(engine.saves).toHaveLength(1);
  });

  test("has only the changed layer pushed, and ends the push when it has come", async () => {
    const { images } = await load({ images: ["app:2"] });
    expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    expect(engine.saves).toHaveLength(1);
    expect(pushEndpoint?.pushes).toEqual([{ image: "app:2", layers: 1, end: "aborted" }]);
    const sent = engine.node("dev-worker").imports[1] ?? [];
    expect(sent).toContain(blobName(app2.layers[2]?.diffId ?? ""));
    expect(sent.filter((name) => name.startsWith("blobs/"))).toHaveLength(3);
    expect(await files.list("/tmp")).toEqual([]);
  });

  test("has the nodes ready before the layer has come", async () => {
    const imports: string[] = [];
    const worker = engine.node("dev-worker");
    const begun = new Promise<void>((resolve) => {
      worker.onImport = async () => {
        imports.push("begun");
        resolve();
        return undefined;
      };
    });
    if (pushEndpoint !== undefined)
      pushEndpoint.beforePiece = async () => {
        await begun;
        imports.push("pushed");
      };
    await load({ images: ["app:2"] });
    expect(imports).toEqual(["begun", "pushed"]);
  });

  test("refuses layers that the nodes have, as soon as it knows them by their beginning", async () => {
    const [base = "", top = "", newer = ""] = ["base", "top", "newer"].map((text) =>
      text.repeat(5000),
    );
    const big = sampleImage("big:1", [base, top]);
    engine.images.set("big:1", big);
    engine.images.set("big:2", sampleImage("big:2", [base, newer]));
    await load({ images: ["big:1"] });
    if (pushEndpoint !== undefined) pushEndpoint.isTopmostFirst = false;
    await load({ images: ["big:2"] });
    expect(pushEndpoint?.refused).toEqual([big.layers[0]?.diffId]);
    expect(engine.node("dev-worker").images.has("docker.io/library/big:2")).toBe(true);
    expect(await files.list("/tmp")).toEqual([]);
  });

  test("a missing layer that begins as another one does is pushed once more", async () => {
    const base = "base".repeat(5000);
    engine.images.set("big:1", sampleImage("big:1", [base, "top"]));
    engine.images.set("big:2", sampleImage("big:2", [base, `${base}, and more`]));
    await load({ images: ["big:1"] });
    const saves = engine.saves.length;
    await load({ images: ["big:2"] });
    expect(pushEndpoint?.pushes).toMatchObject([{ layers: 2 }, { layers: 1, end: "aborted" }]);
    expect(engine.node("dev-worker").images.has("docker.io/library/big:2")).toBe(true);
    expect(engine.saves).toHaveLength(saves);
  });

  test("a push that fails is not tried again because another image's layer was refused", async () => {
    const base = "base".repeat(5000);
    engine.images.set("big:1", sampleImage("big:1", [base, "one"]));
    engine.images.set("big:2", sampleImage("big:2", [base, "two"]));
    engine.images.set("big:3", sampleImage("big:3", [base, "three"]));
    await load({ images: ["big:1"] });
    if (pushEndpoint !== undefined) {
      pushEndpoint.isTopmostFirst = false;
      pushEndpoint.beforePiece = () => {
        if (pushEndpoint !== undefined) pushEndpoint.failure = new Error("connection refused");
        return Promise.resolve();
      };
    }
    await load({ images: ["big:2", "big:3"] });
    expect(pushEndpoint?.refused).toHaveLength(1);
    expect(pushEndpoint?.pushes.map(({ image }) => image)).toEqual(["big:2", "big:3"]);
    expect(engine.node("dev-worker").images.has("docker.io/library/big:3")).toBe(true);
  });

  test("knows the image again", async () => {
    await load({ images: ["app:2"] });
    const { images } = await load({ images: ["app:2"] });
    expect(images.map(({ action }) => action)).toEqual(["present", "present"]);
  });

  test("needs no push when only the config differs", async () => {
    engine.images.set("same:2", sampleImage("same:2", ["base", "deps", "app one"]));
    await load({ images: ["same:2"] });
    expect(pushEndpoint?.pushes).toEqual([]);
    expect(engine.saves).toHaveLength(1);
    expect(engine.node("dev-worker").images.has("docker.io/library/same:2")).toBe(true);
  });

  test("tells what is wrong with a node and with the engine at once", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.failure = new Error("connection refused");
    engine.archiveOf = () => {
      throw new Error("the engine went away");
    };
    engine.node("dev-worker").onImport = () => Promise.reject(new Error("the node went away"));
    await expect(load({ images: ["app:2"] })).rejects.toThrowError("the engine went away");
    expect(await files.list("/tmp")).toEqual([]);
  });

  test("saves the image when the push fails", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.failure = new Error("connection refused");
    await load({ images: ["app:2"] });
    expect(engine.saves).toHaveLength(2);
    expect(engine.node("dev-worker").images.has("docker.io/library/app:2")).toBe(true);
  });

  test("saves the image when the push brings something else", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.contentOf = () => Buffer.from("something else");
    await load({ images: ["app:2"] });
    expect(engine.saves).toHaveLength(2);
  });

  test("saves the image when the push brings what is not compressed", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.compress = (bytes) => bytes;
    await load({ images: ["app:2"] });
    expect(engine.saves).toHaveLength(2);
  });

  test("goes on with a push that is slow", async () => {
    engine.images.set("app:3", sampleImage("app:3", ["base", "deps", randomBytes(1024 ** 2)]));
    let pieces = 0;
    if (pushEndpoint !== undefined)
      pushEndpoint.beforePiece = async () => {
        if ((pieces += 1) % 5 === 0) letTimePass();
        await Promise.resolve();
      };
    await load({ images: ["app:3"] });
    expect(pieces).toBeGreaterThan(10);
    expect(engine.saves).toHaveLength(1);
  });

  test("saves the image when a push brings so much that saving is less work", async () => {
    const content = Buffer.alloc(17 * 1024 ** 2);
    engine.images.set("app:3", sampleImage("app:3", ["base", "deps", content]));
    await load({ images: ["app:3"] });
    expect(pushEndpoint?.pushes).toHaveLength(1);
    expect(engine.saves).toHaveLength(2);
    expect(await files.list("/tmp")).toEqual([]);
  });

  test("saves the image when nothing comes of a push", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.isStuck = true;
    const loading = load({ images: ["app:2"] });
    await vi.waitUntil(() => pushEndpoint?.pushes.length === 1);
    letTimePass();
    await loading;
    expect(engine.saves).toHaveLength(2);
  });

  test("saves the image when a node lacks all of it", async () => {
    engine.images.set("new:1", sampleImage("new:1", ["other base", "other app"]));
    await load({ images: ["new:1"] });
    expect(pushEndpoint?.pushes).toEqual([]);
    expect(engine.saves).toHaveLength(2);
  });

  test("sends everything when a node turns out to lack a layer", async () => {
    const worker = engine.node("dev-worker");
    worker.onFacts = () => worker.chainIds.clear();
    await load({ images: ["app:2"] });
    expect(engine.saves).toHaveLength(2);
    expect(worker.images.has("docker.io/library/app:2")).toBe(true);
  });

  test("stops when it is cancelled", async () => {
    if (pushEndpoint !== undefined) pushEndpoint.isStuck = true;
    const abort = new AbortController();
    const loading = load({ images: ["app:2"] }, abort.signal);
    await vi.waitUntil(() => pushEndpoint?.pushes.length === 1);
    abort.abort(new Error("cancelled by the user"));
    await expect(loading).rejects.toThrowError("cancelled by the user");
    expect(engine.saves).toHaveLength(1);
    expect(await files.list("/tmp")).toEqual([]);
  });
});

test.each<[Partial<LoadRequest>, string]>([
  [{ images: ["nope:1"] }, "image-not-found"],
  [{ images: ["App:1"] }, "invalid-image-reference"],
  [{ images: ["--help"] }, "invalid-image-reference"],
  [{ cluster: "other" }, "cluster-not-found"],
  [{ cluster: "other", images: ["nope:1"] }, "cluster-not-found"],
  [{ nodes: ["dev-worker9"] }, "node-not-found"],
  [{ nodes: ["dev-registry"] }, "node-not-found"],
])("refuses %j with %s and touches no node", async (request, code) => {
  await expect(load(request)).rejects.toThrowError(expect.objectContaining({ code }));
  expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
});

test("names all images that the engine does not have, as they were written", async () => {
  await expect(load({ images: ["nope:1", "app:1", "docker.io/nope:2"] })).rejects.toMatchObject({
    code: "image-not-found",
    facts: { image: "nope:1", images: ["nope:1", "docker.io/nope:2"] },
    message: [
      "2 images are not available: the container engine does not have them.",
      "  nope:1",
      "  docker.io/nope:2",
    ].join("\n"),
    hint: expect.stringContaining("docker pull nope:1 && docker pull docker.io/nope:2"),
  });
});

test("says of one missing image what it always said", async () => {
  await expect(load({ images: ["nope:1", "app:1"] })).rejects.toMatchObject({
    message: 'Image "nope:1" is not available: the container engine does not have it.',
    hint: "Check the name, or bring it to the engine first (docker pull nope:1, or docker build -t nope:1 .).",
  });
});

describe("an image's id", () => {
  const id = app1.config.digest;
  const digits = id.slice("sha256:".length);

  test.each([
    ["in full", id],
    ["in full, without sha256:", digits],
    ["as docker image ls shows it", digits.slice(0, 12)],
    ["short, with sha256:", id.slice(0, 19)],
    ["in part", digits.slice(0, 20)],
    ["of a few digits", digits.slice(0, 4)],
  ])("is refused %s, with the image's name", async (_, ref) => {
    await expect(load({ images: ["app:2", ref] })).rejects.toMatchObject({
      code: "image-named-by-id",
      message: `"${ref}" is an image's id, that of app:1, and pods name images by repository and tag.`,
      hint: "Use its name: app:1",
    });
    expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
  });

  test("is refused with the command that gives a name to an image without one", async () => {
    engine.images.delete("app:1");
    engine.images.set("", app1);
    engine.tagsOf = () => [];
    const ref = digits.slice(0, 12);
    await expect(load({ images: [ref] })).rejects.toMatchObject({
      code: "image-named-by-id",
      hint: `Give it a name, and use that: docker tag ${ref} my-image:1`,
    });
  });

  test("is refused of an engine that counts by manifests, too", async () => {
    engine.hasContainerdStore = true;
    const ref = app1.manifest.digest.slice("sha256:".length, 19);
    await expect(load({ images: [ref] })).rejects.toMatchObject({ code: "image-named-by-id" });
  });

  test("that the engine does not have is told as missing", async () => {
    await expect(load({ images: ["0123456789ab"] })).rejects.toMatchObject({
      code: "image-not-found",
    });
  });

  test.each([["beef"], ["c0ffee:latest"], ["deadbeefcafe"], [digits.slice(0, 12)], ["sha256:abc"]])(
    "is not what a name of hexadecimal digits is taken for: %s",
    async (ref) => {
      engine.images.set(ref, sampleImage(ref, ["base", "hexadecimal"]));
      const { images } = await load({ images: [ref] });
      expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    },
  );
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
  expect(reporter.of("warning")).toMatchObject([
    { code: "image-always-pulled", message: expect.stringContaining('"tool"') },
  ]);
});

test("tells whether all nodes have the image as the engine has it now", async () => {
  const has = () =>
    hasImageOnNodes({ cluster: "dev", image: "app:1" }, { engine: engine.asEngine() });
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
  const clock = {
    monotonicMs: () => 0,
    nowIso: () => "2026-01-01T00:00:00.000Z",
    sleep: (ms: number, stop?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (ms < 1000) return resolve();
        letTimePass = resolve;
        stop?.addEventListener("abort", () => reject(stop.reason as Error));
      }),
    deadline: () => new AbortController().signal,
  };
  const ports = {
    engine: engine.asEngine(),
    files,
    clock,
    reporter,
    ...(pushEndpoint === undefined ? {} : { pushEndpoint }),
  };
  return loadImages({ cluster: "dev", images: ["app:1"], ...request }, ports, signal);
}
