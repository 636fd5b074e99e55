import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { z } from "zod";
import type { LocalImage, LocalLayer } from "../../images/local-image.ts";
import { mediaTypes } from "../../images/oci.ts";
import type { Files } from "../../ports/files.ts";
import { layerTar, type LayerFile } from "./layer-tar.ts";
import { planPruning, type KeptBlob, type KeptImage } from "./plan-pruning.ts";
import { startupArchiveFiles, type StartupArchiveFile } from "./train-application.ts";
import { readJson } from "../read-json.ts";

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
    const record = readJson(await this.#files.readText(this.#recordPath(name)), recordSchema);
    if (record?.name !== name) return undefined;
    const { layers, base } = record;
    const areThere = await Promise.all(layers.map((layer) => this.#hasBlob(layer)));
    if (!areThere.every(Boolean)) return undefined;
    // Its date says when it was used last.
    await this.#writeRecord(record);
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
    await this.#writeRecord(record);
    await this.#prune();
  }

  async #writeRecord(record: z.infer<typeof recordSchema>): Promise<void> {
    await this.#files.writeTextAtomic(this.#recordPath(record.name), JSON.stringify(record), {
      mode: 0o600,
    });
  }

  /** Keeps the folder from growing for ever. What other commands remove at the same time is gone either way. */
  async #prune(): Promise<void> {
    const files = this.#files;
    const inFolder = async (folder: string) =>
      ((await files.list(join(this.#folder, folder))) ?? []).map(({ name }) =>
        join(this.#folder, folder, name),
      );
    const images: KeptImage[] = [];
    for (const path of await inFolder("names")) {
      const record = readJson(await files.readText(path), recordSchema);
      const usedMs = (await files.status(path))?.modifiedMs ?? 0;
      images.push({ path, usedMs, layers: record?.layers ?? [] });
    }
    const blobs: KeptBlob[] = [];
    for (const path of await inFolder("blobs"))
      blobs.push({ name: basename(path), modifiedMs: (await files.status(path))?.modifiedMs ?? 0 });
    const plan = planPruning({ images, blobs, blobNameOf: (layer) => this.blobNameOf(layer) });
    for (const path of plan.images) await files.remove(path);
    for (const name of plan.blobs) await files.remove(join(this.layersFolder, name));
    if (plan.blobs.length === 0) return;
    // Small, and of no use without their blobs.
    for (const path of await inFolder("measures")) {
      const measured = readJson(await files.readText(path), measureSchema);
      const isGone = measured === undefined || plan.blobs.includes(this.blobNameOf(measured));
      if (isGone) await files.remove(path);
    }
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
    const known = readJson(
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

  /** Folder of the layers' blobs, as plain tars named by `blobNameOf`. */
  get layersFolder(): string {
    return join(this.#folder, "blobs");
  }

  blobNameOf({ digest }: Pick<LocalLayer, "digest">): string {
    return digest.replace(":", "-");
  }

  /**
   * What was learnt of the application by starting it once, by a key that names all it depends on; undefined when it
   * never was started, or its layer is gone.
   */
  async findTraining(key: string): Promise<StoredTraining | undefined> {
    const record = readJson(await this.#files.readText(this.#trainingPath(key)), trainingSchema);
    if (record === undefined) return undefined;
    if ("reason" in record) return record;
    if (!(await this.#hasBlob(record.layer))) return undefined;
    return { file: record.file, layer: this.#layer(record.layer) };
  }

  async saveTraining(key: string, training: StoredTraining): Promise<void> {
    const record: z.infer<typeof trainingSchema> =
      "reason" in training
        ? training
        : {
            file: training.file,
            layer: { digest: training.layer.digest, sizeBytes: training.layer.sizeBytes },
          };
    await this.#files.writeTextAtomic(this.#trainingPath(key), JSON.stringify(record), {
      mode: 0o600,
    });
  }

  #trainingPath(key: string): string {
    return join(this.#folder, "trainings", `${key}.json`);
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
    return join(this.layersFolder, this.blobNameOf({ digest }));
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

const trainingSchema = z.union([
  z.object({ reason: z.string() }),
  z.object({ file: z.enum(startupArchiveFiles), layer: measureSchema }),
]);

/** The layer with the JVM's archive, or why there can be none. */
export type StoredTraining =
  { readonly reason: string } | { readonly file: StartupArchiveFile; readonly layer: LocalLayer };

type Measure = z.infer<typeof measureSchema>;

const recordSchema = z.object({
  name: z.string(),
  base: z.string(),
  config: z.string(),
  platform: z.string(),
  layers: z.array(measureSchema),
});

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
