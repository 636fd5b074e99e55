import { expect, test } from "vitest";
import { FakeFiles } from "../../../test/fakes/fake-files.ts";
import {
  blob,
  blobName,
  json,
  legacyArchiveFiles,
  ociArchiveFiles,
  sampleImage,
  tarOf,
  type ArchiveFile,
} from "../../../test/fakes/images/sample-image.ts";
import { mediaTypes, type ImageBlob, type OciImage } from "../oci.ts";
import { keepInFolder, readArchive, type ArchiveLimits } from "./read-archive.ts";
import { ReplayFeed } from "./replay-feed.ts";

const app = sampleImage("app:1", ["base", "deps", "app"]);
const tool = sampleImage("tool:1", ["base", "tool"]);

test.each([
  ["an OCI layout", ociArchiveFiles],
  ["the format before Docker 25", legacyArchiveFiles],
])("reads images in %s", async (_, filesOf) => {
  const { images } = await read(tarOf(filesOf([app, tool])));
  expect(images.map(({ names }) => names)).toEqual([
    ["docker.io/library/app:1"],
    ["docker.io/library/tool:1"],
  ]);
  const [first] = images as [OciImage];
  expect(first.platform).toBe("linux/amd64");
  expect(first.ids).toContain(app.config.digest);
  expect(first.config.digest).toBe(app.config.digest);
  expect(first.layers).toEqual(
    app.layers.map(({ diffId, bytes }) => ({
      diffId,
      digest: diffId,
      mediaType: mediaTypes.ociLayer,
      sizeBytes: bytes.length,
    })),
  );
  expect(blob(first.manifest.bytes).digest).toBe(first.manifest.digest);
});

test("makes the same manifest of both formats", async () => {
  const [oci] = (await read(tarOf(ociArchiveFiles([app])))).images;
  const [legacy] = (await read(tarOf(legacyArchiveFiles([app])))).images;
  expect(legacy?.manifest.digest).toBe(oci?.manifest.digest);
});

test("stores only blobs that are needed", async () => {
  const [base, deps, top] = app.layers.map(({ diffId }) => diffId);
  const { stored, images } = await read(tarOf(ociArchiveFiles([app])), {
    isNeeded: (digest) => digest !== base && digest !== deps,
  });
  expect(stored).toContain(top);
  expect(stored).not.toContain(base);
  expect(images[0]?.layers).toHaveLength(3);
});

test("need not hash blobs that say their digest, where the archive is the engine's", async () => {
  const spoilt = replaced(ociArchiveFiles([app]), blobName(app.layers[0]?.diffId ?? ""), "other");
  const { stored } = await read(tarOf(spoilt), { trustsNames: true });
  expect(stored).toContain(app.layers[0]?.diffId);
});

test("reads an index of several platforms, of which one is there, and an attestation", async () => {
  const index = blob(
    json({
      schemaVersion: 2,
      manifests: [
        descriptor(app.manifest, { os: "linux", architecture: "amd64" }),
        descriptor(blob(Buffer.from("absent")), { os: "linux", architecture: "arm64" }),
        descriptor(tool.manifest, { os: "unknown", architecture: "unknown" }),
      ],
    }),
  );
  const files = ociArchiveFiles([app]).map((file) =>
    file.name === "index.json"
      ? {
          ...file,
          content: json({ manifests: [{ ...descriptor(index), mediaType: mediaTypes.ociIndex }] }),
        }
      : file,
  );
  const { images } = await read(
    tarOf([{ name: blobName(index.digest), content: index.bytes }, ...files]),
  );
  expect(images).toHaveLength(1);
  expect(images[0]?.ids).toEqual([index.digest, app.manifest.digest, app.config.digest]);
});

const layerName = blobName(app.layers[2]?.diffId ?? "");
const oci = ociArchiveFiles([app]);
const legacy = legacyArchiveFiles([app]);

test.each<[string, readonly ArchiveFile[], RegExp]>([
  ["is empty", [], /it is empty/],
  ["holds other files", [{ name: "a.txt", content: "x" }], /neither index.json/],
  ["holds no image", replaced(legacy, "manifest.json", "[]"), /no image/],
  [
    "names a file outside",
    [{ name: "../../etc/passwd", content: "x" }, ...oci],
    /outside of itself/,
  ],
  ["names an absolute path", [{ name: "/etc/passwd", content: "x" }, ...oci], /outside of itself/],
  ["links outside", [{ name: "a", linkTo: "../../etc/passwd" }, ...oci], /outside of itself/],
  ["links absolutely", [{ name: "a", linkTo: "/etc/passwd" }, ...legacy], /outside of itself/],
  ["has a wrong digest", replaced(oci, layerName, "evil"), /has the digest/],
  [
    "has a wrong layer",
    replaced(legacy, "layer-0-2/layer.tar", "evil"),
    /where sha256:.* is named/,
  ],
  [
    "lacks its config",
    oci.filter(({ name }) => name !== blobName(app.config.digest)),
    /is missing/,
  ],
  [
    "lacks its manifest",
    oci.filter(({ name }) => name !== blobName(app.manifest.digest)),
    /is missing/,
  ],
  [
    "lacks a layer",
    legacy.filter(({ name }) => name !== "layer-0-2/layer.tar"),
    /lacks layer 3 of the 3 of the image app:1, sha256:.* \(layer-0-2\/layer\.tar\)/,
  ],
  ["has a link loop", loop(legacy), /lacks layer/],
  ["has no JSON", replaced(oci, "index.json", "{"), /is not JSON/],
  ["has other JSON", replaced(oci, "index.json", "[1]"), /not as it should be/],
  [
    "has a digest that is a path",
    replaced(oci, "index.json", indexWith("sha256:../../../etc")),
    /not as it/,
  ],
  ["has a huge index", replaced(oci, "index.json", " ".repeat(5_000_000)), /too many/],
])("refuses an archive that %s", async (_, files, reason) => {
  await expect(read(tarOf(files))).rejects.toThrowError(
    expect.objectContaining({
      code: "image-archive-invalid",
      message: expect.stringMatching(reason),
    }),
  );
});

test("refuses an archive that is cut off, at any place", async () => {
  const whole = Buffer.concat(await collected(tarOf(oci)));
  for (const length of [100, 600, 1024, 2600, whole.length - 2048]) {
    const cut = (async function* () {
      yield await Promise.resolve(whole.subarray(0, length));
    })();
    await expect(read(cut)).rejects.toThrowError(
      expect.objectContaining({ code: "image-archive-invalid" }),
    );
  }
});

test("refuses what is no tar", async () => {
  const noise = (async function* () {
    yield await Promise.resolve(Buffer.from("no tar at all, ".repeat(500)));
  })();
  await expect(read(noise)).rejects.toThrowError(/its tar is damaged/);
});

test("ends with an archive that has no end", async () => {
  const files = tarOf([{ name: "a", content: "x".repeat(2000) }]);
  const [first] = await collected(files);
  const endless = (async function* () {
    for (;;) {
      yield await Promise.resolve(first as Uint8Array);
      yield Buffer.alloc(2048);
    }
  })();
  await expect(read(endless, { limits: { entries: 50, bytes: 1e9 } })).rejects.toThrowError(
    /more than 50 files/,
  );
  await expect(read(endless, { limits: { entries: 50, bytes: 5000 } })).rejects.toThrowError(
    /image archive/,
  );
});

test("passes on a failure of the source", async () => {
  const failing = (async function* () {
    yield (await collected(tarOf(oci)))[0] as Uint8Array;
    throw new Error("the engine went away");
  })();
  const blobs = new ReplayFeed<ImageBlob>();
  await expect(read(failing, { blobs })).rejects.toThrowError("the engine went away");
  await expect(collected(blobs)).rejects.toThrowError("the engine went away");
});

async function read(
  bytes: AsyncIterable<Uint8Array>,
  options: {
    readonly isNeeded?: (digest: string) => boolean;
    readonly limits?: ArchiveLimits;
    readonly trustsNames?: boolean;
    readonly blobs?: ReplayFeed<ImageBlob>;
  } = {},
): Promise<{ readonly images: readonly OciImage[]; readonly stored: readonly string[] }> {
  const blobs = options.blobs ?? new ReplayFeed<ImageBlob>();
  const files = new FakeFiles();
  const images = await readArchive(bytes, {
    title: "the archive",
    keep: keepInFolder("/blobs", files),
    isNeeded: () => true,
    blobs,
    ...options,
  });
  for (const path of files.paths) expect(path).toMatch(/^\/blobs\/\d+$/);
  return { images, stored: (await collected(blobs)).map(({ digest }) => digest) };
}

async function collected<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

function replaced(files: readonly ArchiveFile[], name: string, content: string): ArchiveFile[] {
  return files.map((file) => (file.name === name ? { name, content } : file));
}

function loop(files: readonly ArchiveFile[]): ArchiveFile[] {
  return files.map((file) =>
    file.name === "layer-0-2/layer.tar"
      ? { name: file.name, linkTo: "../layer-0-2/layer.tar" }
      : file,
  );
}

function indexWith(digest: string): string {
  return JSON.stringify({ manifests: [{ mediaType: mediaTypes.ociManifest, digest, size: 1 }] });
}

function descriptor(
  { digest, bytes }: { readonly digest: string; readonly bytes: Uint8Array },
  platform?: { readonly os: string; readonly architecture: string },
): object {
  return { mediaType: mediaTypes.ociManifest, digest, size: bytes.length, platform };
}
