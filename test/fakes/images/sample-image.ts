import { createHash } from "node:crypto";
import { pack } from "tar-stream";
import { mediaTypes } from "../../../src/images/oci.ts";

/** An image made of the given layers' contents; to be unpacked they must be tars, else anything. */
export interface SampleImage {
  readonly ref: string;
  readonly layers: readonly { readonly diffId: string; readonly bytes: Uint8Array }[];
  readonly config: { readonly digest: string; readonly bytes: Uint8Array };
  readonly manifest: { readonly digest: string; readonly bytes: Uint8Array };
}

export function sampleImage(
  ref: string,
  contents: readonly (string | Uint8Array)[],
  { architecture = "amd64" }: { readonly architecture?: string } = {},
): SampleImage {
  const layers = contents.map((content) => blob(Buffer.from(content as Uint8Array)));
  const config = blob(
    json({
      os: "linux",
      architecture,
      config: { Labels: { ref: ref.split(":")[0] } },
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  const manifest = blob(
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.length },
      layers: layers.map(({ digest, bytes }) => ({
        mediaType: mediaTypes.ociLayer,
        digest,
        size: bytes.length,
      })),
    }),
  );
  return {
    ref,
    config,
    manifest,
    layers: layers.map(({ digest, bytes }) => ({ diffId: digest, bytes })),
  };
}

export interface ArchiveFile {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly linkTo?: string;
}

/** As Docker 25 and later save: an OCI layout, with manifest.json for older readers. */
export function ociArchiveFiles(images: readonly SampleImage[]): readonly ArchiveFile[] {
  const blobs = images.flatMap(({ layers, config, manifest }) => [
    ...layers.map(({ diffId, bytes }) => ({ digest: diffId, bytes })),
    config,
    manifest,
  ]);
  const files = new Map(blobs.map(({ digest, bytes }) => [blobName(digest), bytes]));
  return [
    ...[...files].map(([name, content]) => ({ name, content })).sort(byName),
    {
      name: "index.json",
      content: json({
        schemaVersion: 2,
        manifests: images.map(({ ref, manifest }) => ({
          mediaType: mediaTypes.ociManifest,
          digest: manifest.digest,
          size: manifest.bytes.length,
          annotations: { "io.containerd.image.name": `docker.io/library/${ref}` },
        })),
      }),
    },
    { name: "oci-layout", content: json({ imageLayoutVersion: "1.0.0" }) },
  ];
}

/** As Docker before 25 saves: a folder per layer, equal layers as links. */
export function legacyArchiveFiles(images: readonly SampleImage[]): readonly ArchiveFile[] {
  const files: ArchiveFile[] = [];
  const first = new Map<string, string>();
  const manifest = images.map(({ ref, layers, config }, i) => {
    const names = layers.map(({ diffId, bytes }, j) => {
      const name = `layer-${i}-${j}/layer.tar`;
      const earlier = first.get(diffId);
      if (earlier === undefined) {
        first.set(diffId, name);
        files.push({ name, content: bytes });
      } else files.push({ name, linkTo: `../${earlier}` });
      return name;
    });
    const configName = `${config.digest.slice("sha256:".length)}.json`;
    files.push({ name: configName, content: config.bytes });
    return { Config: configName, RepoTags: [ref], Layers: names };
  });
  return [...files, { name: "manifest.json", content: json(manifest) }];
}

/** The archive's bytes in small pieces. */
export async function* tarOf(files: readonly ArchiveFile[]): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const { name, content, linkTo } of files)
    if (linkTo !== undefined) tar.entry({ name, type: "symlink", linkname: linkTo });
    else tar.entry({ name }, Buffer.from(content ?? ""));
  tar.finalize();
  yield* tar as AsyncIterable<Buffer>;
}

export function blobName(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}

export function blob(bytes: Uint8Array): { readonly digest: string; readonly bytes: Uint8Array } {
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes };
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function byName(a: ArchiveFile, b: ArchiveFile): number {
  return a.name < b.name ? -1 : 1;
}
