import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { LocalImage, LocalLayer } from "../../images/local-image.ts";
import { mediaTypes } from "../../images/oci.ts";
import type { Files } from "../../ports/files.ts";
import { layerTar, type LayerFile } from "./layer-tar.ts";

/**
 * Assembled images on disk: blobs by digest, and a record for each name. They make a second `up` quick
 * (nothing is built for an image that is there, also on a new cluster) and layers are kept once however
 * many images have them. Only a cache: what is missing or damaged is made again.
 */
export class ImageStore {
  readonly #folder: string;
  readonly #files: Files;

  constructor(files: Files) {
    this.#folder = join(files.cacheFolder, "applications");
    this.#files = files;
  }

  /** Undefined when it, or one of its layers, is not there. */
  async find(name: string): Promise<StoredImage | undefined> {
    const record = parse(await this.#files.readText(this.#recordPath(name)), recordSchema);
    if (record?.name !== name) return undefined;
    const { layers, base } = record;
    const areThere = await Promise.all(layers.map((layer) => this.#hasBlob(layer)));
    if (!areThere.every(Boolean)) return undefined;
    return {
      name,
      base,
      config: Buffer.from(record.config, "base64"),
      platform: record.platform,
      layers: layers.map((layer) => this.#layer(layer)),
    };
  }

  async save({ name, base, config, platform, layers }: StoredImage): Promise<void> {
    const record: z.infer<typeof recordSchema> = {
      name,
      base,
      config: Buffer.from(config).toString("base64"),
      platform,
      layers: layers.map(({ digest, sizeBytes }) => ({ digest, sizeBytes })),
    };
    await this.#files.writeTextAtomic(this.#recordPath(name), JSON.stringify(record), {
      mode: 0o600,
    });
  }

  /**
   * A layer as a tar. It is read once to know its digest, and a second time to keep it only where
   * nobody has had it before: hashing is far quicker than writing. Where all checksums are those of the
   * time before, not even that. They are believed for one archive and not across archives, since
   * anybody can make a file with a given CRC.
   */
  async addLayer(files: readonly LayerFile[], options: LayerOptions): Promise<LocalLayer> {
    const open = () => layerTar(files, options);
    const measurePath = this.#measurePath(files, options);
    const known = parse(
      measurePath === undefined ? undefined : await this.#files.readText(measurePath),
      measureSchema,
    );
    if (known !== undefined && (await this.#hasBlob(known))) return this.#layer(known);
    const measured = await measure(open());
    if (!(await this.#hasBlob(measured)))
      await this.#files.writeBytesAtomic(this.#blobPath(measured.digest), open());
    if (measurePath !== undefined)
      await this.#files.writeTextAtomic(measurePath, JSON.stringify(measured), { mode: 0o600 });
    return this.#layer(measured);
  }

  async #hasBlob({ digest, sizeBytes }: Measure): Promise<boolean> {
    return (await this.#files.status(this.#blobPath(digest)))?.sizeBytes === sizeBytes;
  }

  #measurePath(files: readonly LayerFile[], { owner, archive }: LayerOptions): string | undefined {
    if (files.some(({ checksum }) => checksum === undefined)) return undefined;
    const facts = files.map(({ path, sizeBytes, modifiedSeconds, checksum }) => [
      ...[path, sizeBytes, modifiedSeconds, checksum],
    ]);
    return join(
      this.#folder,
      "measures",
      `${sha256(JSON.stringify([archive, owner, facts]))}.json`,
    );
  }

  #layer({ digest, sizeBytes }: Measure): LocalLayer {
    return {
      digest,
      sizeBytes,
      mediaType: mediaTypes.ociLayer,
      diffId: digest,
      open: () => this.#files.readStream(this.#blobPath(digest)),
    };
  }

  #recordPath(name: string): string {
    return join(this.#folder, "names", `${sha256(name)}.json`);
  }

  #blobPath(digest: string): string {
    return join(this.#folder, "blobs", digest.replace(":", "-"));
  }
}

/** An image without the layers of its base. */
export interface StoredImage extends LocalImage {
  /** Reference of the image below. */
  readonly base: string;
}

export interface LayerOptions {
  /** Owner and group of all files. */
  readonly owner: number;
  /** Path of what the files come from. */
  readonly archive: string;
}

const measureSchema = z.object({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  sizeBytes: z.number(),
});

type Measure = z.infer<typeof measureSchema>;

const recordSchema = z.object({
  name: z.string(),
  base: z.string(),
  config: z.string(),
  platform: z.string(),
  layers: z.array(measureSchema),
});

function parse<Schema extends z.ZodType>(
  text: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Cut off by a full disk, say: as good as missing.
    return undefined;
  }
}

async function measure(bytes: AsyncIterable<Uint8Array>): Promise<Measure> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const piece of bytes) {
    hash.update(piece);
    sizeBytes += piece.byteLength;
  }
  return { digest: `sha256:${hash.digest("hex")}`, sizeBytes };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
