import * as zlib from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { collectBytes } from "../../test/fakes/collect-bytes.ts";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { FakeImageEngine } from "../../test/fakes/images/fake-image-engine.ts";
import {
  blob,
  blobName,
  json,
  legacyArchiveFiles,
  ociArchiveFiles,
  sampleImage,
  tarOf,
  type ArchiveFile,
} from "../../test/fakes/images/sample-image.ts";
import { orAborted } from "../steps/or-aborted.ts";
import { loadArchives, type LoadArchiveRequest } from "./load-archive.ts";
import { imageNameAnnotation, mediaTypes } from "./oci.ts";

const app = sampleImage("app:1", ["base", "deps", "app"]);
const tool = sampleImage("tool:1", ["base", "tool"]);
const armApp = sampleImage("app:1", ["arm base"], { architecture: "arm64" });

let engine: FakeImageEngine;
let files: FakeFiles;

beforeEach(() => {
  engine = new FakeImageEngine(["dev-control-plane", "dev-worker"], []);
  files = new FakeFiles();
});

const formats: readonly (readonly [string, typeof ociArchiveFiles])[] = [
  ["an OCI layout", ociArchiveFiles],
  ["the format before Docker 25", legacyArchiveFiles],
];
const compressions: readonly (readonly [string, (tar: Buffer) => Uint8Array])[] = [
  ["plain", (tar) => tar],
  ["gzip", (tar) => zlib.gzipSync(tar)],
  ["zstd", (tar) => zlib.zstdCompressSync(tar)],
];

describe.each(formats)("%s", (_, filesOf) => {
  test.each(compressions)("is loaded from a file, %s", async (__, compress) => {
    files.put("/home/app.tar", compress(await tarBytes(filesOf([app, tool]))));
    const { images } = await load({ archives: [{ path: "/home/app.tar" }] });
    expect(images.map(({ node, image, action }) => [node, image, action])).toEqual([
      ["dev-control-plane", "app:1", "sent"],
      ["dev-control-plane", "tool:1", "sent"],
      ["dev-worker", "app:1", "sent"],
      ["dev-worker", "tool:1", "sent"],
    ]);
    for (const node of engine.nodes) expect(node.images.has("docker.io/library/tool:1")).toBe(true);
    expect(files.paths).toEqual(["/home/app.tar"]);
  });

  test.each(compressions)("is loaded from stdin, %s", async (__, compress) => {
    const stdin = bytesOf(compress(await tarBytes(filesOf([app]))));
    const { images } = await load({ archives: [{ stdin }] });
    expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
    expect(files.paths).toEqual([]);
  });
});

test("puts nothing of a plain file aside", async () => {
  files.put("/app.tar", await tarBytes(ociArchiveFiles([app])));
  await load({ archives: [{ path: "/app.tar" }] });
  expect(files.writes).toEqual([]);
});

test("sends only what a node lacks, and nothing the second time", async () => {
  files.put("/app.tar", await tarBytes(ociArchiveFiles([app])));
  files.put("/tool.tar", await tarBytes(legacyArchiveFiles([tool])));
  await load({ archives: [{ path: "/app.tar" }] });
  await load({ archives: [{ path: "/tool.tar" }] });
  const sent = engine.node("dev-worker").imports[1] ?? [];
  expect(sent).toContain(blobName(tool.layers[1]?.diffId ?? ""));
  expect(sent).not.toContain(blobName(tool.layers[0]?.diffId ?? ""));
  const { images } = await load({ archives: [{ path: "/app.tar" }, { path: "/tool.tar" }] });
  expect(images.map(({ action }) => action)).toEqual(["present", "present", "present", "present"]);
});

test.each([
  ["gzip", (bytes: Uint8Array) => zlib.gzipSync(bytes)],
  ["zstd", (bytes: Uint8Array) => zlib.zstdCompressSync(bytes)],
])("takes layers that an image builder compressed with %s", async (_, compress) => {
  const compressed = legacyArchiveFiles([app]).map((file) =>
    file.name.endsWith("layer.tar")
      ? { ...file, content: compress(Buffer.from(file.content ?? "")) }
      : file,
  );
  files.put("/jib.tar", await tarBytes(compressed));
  await load({ archives: [{ path: "/jib.tar" }] });
  expect(engine.node("dev-worker").images.has(app.config.digest)).toBe(true);
  const compressedDigests = compressed.flatMap(({ name, content }) =>
    name.endsWith("layer.tar") ? [blob(content as Uint8Array).digest] : [],
  );
  for (const digest of compressedDigests)
    expect(engine.node("dev-worker").imports[0]).toContain(blobName(digest));
});

test("refuses a compressed layer that is not the one named", async () => {
  const evil = legacyArchiveFiles([app]).map((file) =>
    file.name === "layer-0-2/layer.tar" ? { ...file, content: zlib.gzipSync("evil") } : file,
  );
  files.put("/evil.tar", await tarBytes(evil));
  await expect(load({ archives: [{ path: "/evil.tar" }] })).rejects.toMatchObject({
    code: "image-archive-invalid",
  });
  expect(engine.nodes.flatMap(({ imports }) => imports)).toEqual([]);
});

test("takes the nodes' platform from an index of several", async () => {
  files.put("/multi.tar", await tarBytes(multiPlatform()));
  await load({ archives: [{ path: "/multi.tar" }] });
  const [name, id] = [...(engine.nodes[0]?.images.keys() ?? [])];
  expect([name, id]).toEqual(["docker.io/library/app:1", app.config.digest]);
});

test("refuses an image for another platform", async () => {
  files.put("/arm.tar", await tarBytes(ociArchiveFiles([armApp])));
  await expect(load({ archives: [{ path: "/arm.tar" }] })).rejects.toMatchObject({
    code: "image-platform-mismatch",
  });
});

test("loads an image under each of its names", async () => {
  const tagged = legacyArchiveFiles([app]).map((file) =>
    file.name === "manifest.json"
      ? {
          ...file,
          content: String(file.content).replace('"app:1"', '"app:1","localhost:5001/app:2"'),
        }
      : file,
  );
  files.put("/tagged.tar", await tarBytes(tagged));
  await load({ archives: [{ path: "/tagged.tar" }] });
  for (const name of ["docker.io/library/app:1", "localhost:5001/app:2"])
    expect(engine.node("dev-worker").images.has(name)).toBe(true);
});

describe("an image without a name", () => {
  const nameless = () =>
    ociArchiveFiles([app]).map((file) =>
      file.name === "index.json"
        ? { ...file, content: String(file.content).replace(imageNameAnnotation, "other") }
        : file,
    );

  test("gets the one given", async () => {
    files.put("/app.tar", await tarBytes(nameless()));
    await load({ archives: [{ path: "/app.tar" }], tag: "mine:3" });
    expect(engine.node("dev-worker").images.has("docker.io/library/mine:3")).toBe(true);
  });

  test("is refused without one", async () => {
    files.put("/app.tar", await tarBytes(nameless()));
    await expect(load({ archives: [{ path: "/app.tar" }] })).rejects.toThrowError(/--tag/);
  });

  test("has it in manifest.json, as Docker writes it beside the layout", async () => {
    const manifest = json([
      { Config: blobName(app.config.digest), RepoTags: ["app:9"], Layers: [] },
    ]);
    files.put(
      "/app.tar",
      await tarBytes([...nameless(), { name: "manifest.json", content: manifest }]),
    );
    await load({ archives: [{ path: "/app.tar" }] });
    expect(engine.node("dev-worker").images.has("docker.io/library/app:9")).toBe(true);
  });
});

test("refuses one name for several images", async () => {
  files.put("/two.tar", await tarBytes(ociArchiveFiles([app, tool])));
  await expect(load({ archives: [{ path: "/two.tar" }], tag: "x:1" })).rejects.toThrowError(
    /several images/,
  );
});

test("of two archives with an image of one name the later one counts, as with docker load", async () => {
  const [older, newer] = [app, tool].map((image) => legacyArchiveFiles([{ ...image, ref: "x:1" }]));
  files.put("/older.tar", await tarBytes(older ?? []));
  files.put("/newer.tar", await tarBytes(newer ?? []));
  const { images } = await load({ archives: [{ path: "/older.tar" }, { path: "/newer.tar" }] });
  expect(images.map(({ node, image }) => [node, image])).toEqual(
    engine.nodes.map(({ name }) => [name, "x:1"]),
  );
  expect(engine.node("dev-worker").imports.at(-1)).toContain(blobName(tool.config.digest));
  expect(engine.node("dev-worker").imports.at(-1)).not.toContain(blobName(app.config.digest));
});

test("refuses a name that would be a flag on the node", async () => {
  const evil = legacyArchiveFiles([app]).map((file) =>
    file.name === "manifest.json"
      ? { ...file, content: String(file.content).replace('"app:1"', '"--help"') }
      : file,
  );
  files.put("/evil.tar", await tarBytes(evil));
  await expect(load({ archives: [{ path: "/evil.tar" }] })).rejects.toMatchObject({
    code: "invalid-image-reference",
  });
});

test.each<[string, (whole: Buffer) => Uint8Array, RegExp]>([
  ["cut off", (whole) => whole.subarray(0, 3000), /damaged/],
  ["compressed and cut off", (whole) => zlib.gzipSync(whole).subarray(0, 200), /gzip data/],
  ["zstd and cut off", (whole) => zlib.zstdCompressSync(whole).subarray(0, 200), /zstd data/],
  ["compressed with xz", () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0]), /xz/],
  ["empty", () => Buffer.alloc(0), /it is empty/],
  ["text", () => Buffer.from("hello ".repeat(500)), /damaged/],
])("refuses what is %s; no node is touched and nothing is left", async (_, spoil, reason) => {
  const spoilt = spoil(await tarBytes(ociArchiveFiles([app])));
  await expect(load({ archives: [{ stdin: bytesOf(spoilt) }] })).rejects.toThrowError(
    expect.objectContaining({
      code: "image-archive-invalid",
      message: expect.stringMatching(reason),
    }),
  );
  expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
  expect(await files.list("/tmp")).toEqual([]);
});

describe.each(formats)("a layer that is missing in %s", (_, filesOf) => {
  const withoutLayer = () => {
    const [, lost] = app.layers;
    return filesOf([app, tool]).filter(
      ({ name, content }) =>
        name !== blobName(lost?.diffId ?? "") &&
        !(name.endsWith("layer.tar") && content === lost?.bytes),
    );
  };

  test("is told with its image before a node is asked", async () => {
    files.put("/home/app.tar", await tarBytes(withoutLayer()));
    await expect(load({ archives: [{ path: "/home/app.tar" }] })).rejects.toMatchObject({
      code: "image-archive-invalid",
      message: expect.stringMatching(
        `^"/home/app.tar" is not .* lacks layer 2 of the 3 of the image app:1, ${app.layers[1]?.diffId}`,
      ) as string,
    });
    expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
  });
});

test("takes an index whose other platforms' layers were left out", async () => {
  const lost = blobName(armApp.layers[0]?.diffId ?? "");
  files.put("/multi.tar", await tarBytes(multiPlatform().filter(({ name }) => name !== lost)));
  const { images } = await load({ archives: [{ path: "/multi.tar" }] });
  expect(images.map(({ action }) => action)).toEqual(["sent", "sent"]);
});

test.each([
  ["/home/orders.jar", zipStart("META-INF/MANIFEST.MF"), "java", /airfield up FOLDER/],
  ["/home/orders.WAR", zipStart("org/springframework/boot/loader/"), "java", /airfield up FOLDER/],
  ["/home/orders.jar", Buffer.from("#!/bin/bash\n#    .   ____\n"), "java", /airfield up FOLDER/],
  ["/home/orders", zipStart("META-INF/"), "java", /airfield up FOLDER/],
  ["/home/images.zip", zipStart("images/app.tar"), "zip", /unpack it/],
])("says of %s that it is no image archive, and what to do", async (path, bytes, kind, hint) => {
  files.put(path, bytes);
  await expect(load({ archives: [{ path }] })).rejects.toMatchObject({
    code: "not-an-image-archive",
    facts: { archive: `"${path}"`, kind },
    hint: expect.stringMatching(hint) as string,
  });
  expect(engine.nodes.flatMap(({ commands }) => commands)).toEqual([]);
});

test("tells a Java archive on stdin, which comes in small pieces", async () => {
  const stdin = (async function* () {
    for (const byte of zipStart("META-INF/")) yield await Promise.resolve(Buffer.of(byte));
  })();
  await expect(load({ archives: [{ stdin }] })).rejects.toMatchObject({
    code: "not-an-image-archive",
    facts: { archive: "What came on stdin", kind: "java" },
  });
});

test("gives up on a node whose import does not end, with its containerd's last words", async () => {
  files.put("/app.tar", await tarBytes(ociArchiveFiles([app])));
  const clock = new FakeClock();
  const node = engine.node("dev-worker");
  node.journal = "active\nlevel=info msg=begun\nlevel=error msg=stuck\n";
  node.onImport = (signal = new AbortController().signal) => {
    setImmediate(() => clock.advance(90_000));
    return orAborted(new Promise(() => undefined), signal);
  };
  const loading = load({ archives: [{ path: "/app.tar" }], timeoutMs: 90_000 }, clock);
  await expect(loading).rejects.toMatchObject({
    code: "image-load-timed-out",
    facts: {
      ...{ nodes: ["dev-worker"], waited: "1 m 30 s" },
      details: "containerd is active\ncontainerd: level=error msg=stuck",
    },
  });
  expect(engine.node("dev-control-plane").images.has("docker.io/library/app:1")).toBe(true);
  expect(files.paths).toEqual(["/app.tar"]);
});

test("ends with a stream of nothing but zeros", async () => {
  const zeros = (async function* () {
    for (;;) yield await Promise.resolve(Buffer.alloc(1024 * 1024));
  })();
  await expect(load({ archives: [{ stdin: zeros }] })).rejects.toThrowError(/without end/);
});

test("says which file is missing", async () => {
  await expect(load({ archives: [{ path: "/none.tar" }] })).rejects.toMatchObject({
    code: "file-not-found",
    message: "There is no file /none.tar (it was to be read).",
  });
});

test("names all files that are missing, before any is read", async () => {
  files.put("/app.tar", zlib.gzipSync(await tarBytes(ociArchiveFiles([app]))));
  const archives = ["/app.tar", "/none.tar", "/gone.tar"].map((path) => ({ path }));
  await expect(load({ archives })).rejects.toMatchObject({
    code: "file-not-found",
    facts: { path: "/none.tar", paths: ["/none.tar", "/gone.tar"] },
    message: ["2 files do not exist (they were to be read):", "  /none.tar", "  /gone.tar"].join(
      "\n",
    ),
  });
  expect(files.writes).toEqual([]);
});

/** A zip's first local header, with the first file's name. */
function zipStart(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", "latin1");
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function load(
  request: Pick<LoadArchiveRequest, "archives" | "tag" | "timeoutMs">,
  clock = new FakeClock(),
) {
  return loadArchives(
    { cluster: "dev", ...request },
    { engine: engine.asEngine(), files, clock, reporter: new RecordingReporter() },
  );
}

function tarBytes(archive: readonly ArchiveFile[]): Promise<Buffer> {
  return collectBytes(tarOf(archive)).then((bytes) => Buffer.from(bytes));
}

/** In pieces that end in the middle of things. */
async function* bytesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

function multiPlatform(): readonly ArchiveFile[] {
  const index = blob(
    json({
      schemaVersion: 2,
      manifests: [armApp, app].map(({ manifest, config }) => ({
        mediaType: mediaTypes.ociManifest,
        digest: manifest.digest,
        size: manifest.bytes.length,
        platform: JSON.parse(String(config.bytes)) as object,
      })),
    }),
  );
  const top = {
    mediaType: mediaTypes.ociIndex,
    digest: index.digest,
    size: index.bytes.length,
    annotations: { [imageNameAnnotation]: "docker.io/library/app:1" },
  };
  return [
    ...ociArchiveFiles([armApp, app]).filter(({ name }) => name !== "index.json"),
    { name: blobName(index.digest), content: index.bytes },
    { name: "index.json", content: json({ schemaVersion: 2, manifests: [top] }) },
  ];
}
