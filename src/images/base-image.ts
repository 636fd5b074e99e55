import { join } from "node:path";
import { z } from "zod";
import { ToolError } from "../errors/tool-error.ts";
import type { ImageInfo } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import type { LocalLayer } from "./local-image.ts";
import type { ImageBlob, OciImage } from "./oci.ts";
import { keepInFolder, readArchive } from "./sources/read-archive.ts";
import { ReplayFeed } from "./sources/replay-feed.ts";

/** An image of the engine that others are put on top of. */
export interface BaseImage {
  readonly ref: string;
  /** "linux/amd64". */
  readonly platform: string;
  /** OCI config, byte for byte. */
  readonly config: Uint8Array;
  /** Opened only where a node has lost them: that takes a whole `docker save`. */
  readonly layers: readonly LocalLayer[];
}

type BasePorts = Pick<Ports, "engine" | "files">;

/**
 * The image's exact config and the exact sizes of its layers, which an engine tells only by saving the
 * image. That is done once for each image (by its id) and remembered in the cache.
 * Throws `image-not-found`.
 */
export async function openBaseImage(
  ref: string,
  ports: BasePorts,
  signal?: AbortSignal,
): Promise<BaseImage> {
  const info = await ports.engine.inspectImage(ref);
  if (info === undefined)
    throw new ToolError("image-not-found", {
      image: ref,
      reason: "the container engine does not have it",
    });
  const path = join(ports.files.cacheFolder, "bases", `${info.id.replace(":", "-")}.json`);
  const known = parseRecord(await ports.files.readText(path));
  const record = known ?? (await recordOf(ref, info, ports, signal));
  if (known === undefined)
    await ports.files.writeTextAtomic(path, JSON.stringify(record), { mode: 0o600 });
  return {
    ref,
    platform: `${info.os}/${info.arch}`,
    config: Buffer.from(record.config, "base64"),
    layers: record.layers.map((layer) => ({
      ...layer,
      open: () => openLayer(ref, info, layer.digest, ports),
    })),
  };
}

const recordSchema = z.object({
  config: z.string(),
  layers: z.array(
    z.object({
      diffId: z.string(),
      digest: z.string(),
      mediaType: z.string(),
      sizeBytes: z.number(),
    }),
  ),
});

type BaseRecord = z.infer<typeof recordSchema>;

function parseRecord(text: string | undefined): BaseRecord | undefined {
  if (text === undefined) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Damaged: as good as missing.
    return undefined;
  }
}

async function recordOf(
  ref: string,
  info: ImageInfo,
  ports: BasePorts,
  signal: AbortSignal | undefined,
): Promise<BaseRecord> {
  await using saved = await save(ref, info, () => false, ports, signal);
  const { config, layers } = saved.image;
  return {
    config: Buffer.from(config.bytes).toString("base64"),
    layers: layers.map(({ diffId, digest, mediaType, sizeBytes }) => ({
      diffId,
      digest,
      mediaType,
      sizeBytes,
    })),
  };
}

async function* openLayer(
  ref: string,
  info: ImageInfo,
  digest: string,
  ports: BasePorts,
): AsyncIterable<Uint8Array> {
  await using saved = await save(ref, info, (each) => each === digest, ports);
  for await (const blob of saved.blobs) {
    if (blob.digest !== digest) continue;
    yield* blob.open();
    return;
  }
  throw new ToolError("image-archive-invalid", {
    archive: "What the container engine saved",
    reason: `it lacks the layer ${digest}`,
  });
}

interface SavedImage extends AsyncDisposable {
  readonly image: OciImage;
  readonly blobs: AsyncIterable<ImageBlob>;
}

async function save(
  ref: string,
  { os, arch, layers }: ImageInfo,
  isWanted: (digest: string) => boolean,
  { engine, files }: BasePorts,
  signal?: AbortSignal,
): Promise<SavedImage> {
  const title = "What the container engine saved";
  const { hasContainerdStore } = await engine.info();
  const bytes = engine.saveImages([ref], {
    ...(signal === undefined ? {} : { signal }),
    ...(hasContainerdStore ? { platform: `${os}/${arch}` } : {}),
  });
  const folder = await files.makeTemporaryDirectory("airfield-base-");
  const dispose = () => files.remove(folder);
  try {
    const blobs = new ReplayFeed<ImageBlob>();
    const diffIds = new Set(layers);
    // What is no layer is read, too: manifests and configs.
    const isNeeded = (digest: string) => isWanted(digest) || !diffIds.has(digest);
    const keep = keepInFolder(folder, files);
    const images = await readArchive(bytes, { title, keep, blobs, isNeeded });
    const image = images.find((each) => each.platform === `${os}/${arch}`) ?? images[0];
    if (image === undefined)
      throw new ToolError("image-archive-invalid", { archive: title, reason: "it is empty" });
    return { image, blobs, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
