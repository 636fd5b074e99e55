import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { z } from "zod";
import { ToolError } from "../errors/tool-error.ts";
import type { Files } from "../ports/files.ts";
import {
  configSchema,
  indexSchema,
  manifestOf,
  manifestSchema,
  mediaTypes,
  imageNameAnnotation,
  savedImagesSchema,
  type ImageBlob,
  type Descriptor,
  type OciImage,
} from "./oci.ts";
import { parseImageReference } from "./image-reference.ts";
import type { ReplayFeed } from "./replay-feed.ts";
import { readTar, type TarEntry } from "./tar.ts";

/** A file of the archive, put aside in a file of its own. */
interface StoredBlob extends ImageBlob {
  readonly path: string;
}

export interface ArchiveOptions {
  /** What the archive is, for messages: "What docker save wrote". */
  readonly title: string;
  /** Folder for the blobs, which goes when the work is done. */
  readonly folder: string;
  /** Blobs that nobody needs are not stored. */
  isNeeded(digest: string): boolean;
  /** Gets each blob as soon as it is stored. */
  readonly blobs: ReplayFeed<ImageBlob>;
  readonly limits?: ArchiveLimits;
}

/** What an archive may hold: far above any image, so that an endless one ends. */
export interface ArchiveLimits {
  readonly entries: number;
  readonly bytes: number;
}

const defaultLimits: ArchiveLimits = { entries: 100_000, bytes: 256 * 1024 ** 3 };

/** Manifests and configs are a few KiB; registries refuse more than 4 MiB. */
const longestJsonBytes = 4 * 1024 ** 2;

const blobName = /^blobs\/sha256\/([0-9a-f]{64})$/;

/**
 * Reads an archive of `docker save` (before Docker 25: one folder per layer; since then an OCI layout
 * with manifest.json beside it) or an OCI layout, as a stream, and resolves with its images. Nothing
 * of the archive chooses a path on this machine: blobs are stored under numbers.
 */
export async function readArchive(
  bytes: AsyncIterable<Uint8Array>,
  options: ArchiveOptions,
  files: Files,
): Promise<readonly OciImage[]> {
  const invalid = (reason: string, cause?: unknown) =>
    new ToolError("image-archive-invalid", { archive: options.title, reason }, { cause });
  try {
    const contents = await storeEntries(bytes, options, files, invalid);
    const images = await new ArchiveReader(contents, files, invalid).images();
    options.blobs.end();
    return images;
  } catch (error) {
    options.blobs.fail(error);
    throw error;
  }
}

/** What was found in the archive, by its name there. */
interface ArchiveContents {
  readonly stored: ReadonlyMap<string, StoredBlob>;
  /** Names of blobs that were left out because nobody needs them. */
  readonly skipped: ReadonlyMap<string, { readonly digest: string; readonly sizeBytes: number }>;
  readonly links: ReadonlyMap<string, string>;
}

type Invalid = (reason: string, cause?: unknown) => ToolError;

async function storeEntries(
  bytes: AsyncIterable<Uint8Array>,
  { folder, isNeeded, blobs, limits = defaultLimits }: ArchiveOptions,
  files: Files,
  invalid: Invalid,
): Promise<ArchiveContents> {
  const stored = new Map<string, StoredBlob>();
  const skipped = new Map<string, { readonly digest: string; readonly sizeBytes: number }>();
  const links = new Map<string, string>();
  let entries = 0;
  let total = 0;

  for await (const entry of readEntries(bytes, invalid)) {
    entries += 1;
    total += entry.sizeBytes;
    if (entries > limits.entries) throw invalid(`it has more than ${limits.entries} files`);
    if (total > limits.bytes) throw invalid(`it is larger than ${limits.bytes} bytes`);
    const name = safeName(entry.name, invalid);
    if (entry.linkTarget !== undefined) links.set(name, safeName(entry.linkTarget, invalid));
    if (entry.kind !== "file") continue;

    const [, hex] = blobName.exec(name) ?? [];
    const promised = hex === undefined ? undefined : `sha256:${hex}`;
    if (promised !== undefined && !isNeeded(promised)) {
      skipped.set(name, { digest: promised, sizeBytes: entry.sizeBytes });
      continue;
    }
    const blob = await storeEntry(entry, `${folder}/${entries}`, files);
    if (promised !== undefined && blob.digest !== promised)
      throw invalid(`the content of ${name} has the digest ${blob.digest}`);
    stored.set(name, blob);
    blobs.push(blob);
  }
  return { stored, skipped, links };
}

/** Damage found by the tar reader is the archive's fault; failures of its source pass through. */
async function* readEntries(
  bytes: AsyncIterable<Uint8Array>,
  invalid: Invalid,
): AsyncIterable<TarEntry> {
  let sourceFailure: { readonly error: unknown } | undefined;
  const watched = rethrowing(bytes, (error) => {
    sourceFailure = { error };
    return error;
  });
  const blame = (error: unknown) =>
    sourceFailure !== undefined
      ? sourceFailure.error
      : invalid(
          `its tar is damaged (${error instanceof Error ? error.message : String(error)})`,
          error,
        );
  const entries = rethrowing(readTar(watched), blame);
  for await (const entry of entries) {
    yield { ...entry, content: rethrowing(entry.content, blame) };
  }
}

async function* rethrowing<T>(
  values: AsyncIterable<T>,
  translate: (error: unknown) => unknown,
): AsyncIterable<T> {
  try {
    yield* values;
  } catch (error) {
    throw translate(error);
  }
}

function safeName(name: string, invalid: Invalid): string {
  const clean = posix.normalize(name).replace(/\/$/, "");
  if (clean.startsWith("/") || clean === ".." || clean.startsWith("../"))
    throw invalid(`it names a file outside of itself (${JSON.stringify(name)})`);
  return clean;
}

async function storeEntry(entry: TarEntry, path: string, files: Files): Promise<StoredBlob> {
  const hash = createHash("sha256");
  const hashed = async function* () {
    for await (const chunk of entry.content) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await files.writeBytes(path, hashed());
  return {
    digest: `sha256:${hash.digest("hex")}`,
    sizeBytes: entry.sizeBytes,
    path,
    open: () => files.readStream(path),
  };
}

/** Finds the images in what was stored. */
class ArchiveReader {
  readonly #contents: ArchiveContents;
  readonly #files: Files;
  readonly #invalid: Invalid;

  constructor(contents: ArchiveContents, files: Files, invalid: Invalid) {
    this.#contents = contents;
    this.#files = files;
    this.#invalid = invalid;
  }

  async images(): Promise<readonly OciImage[]> {
    const { stored } = this.#contents;
    const images =
      stored.has("oci-layout") && stored.has("index.json")
        ? await this.#ociImages()
        : await this.#savedImages();
    if (images.length === 0) throw this.#invalid("it holds no image");
    return images;
  }

  async #ociImages(): Promise<readonly OciImage[]> {
    const { manifests } = await this.#json("index.json", indexSchema);
    const images: OciImage[] = [];
    for (const descriptor of manifests) {
      const name = descriptor.annotations?.[imageNameAnnotation];
      images.push(...(await this.#imagesOf(descriptor, name === undefined ? [] : [name], [])));
    }
    return images;
  }

  /** The images a descriptor leads to: one per platform whose manifest is in the archive. */
  async #imagesOf(
    descriptor: Descriptor,
    names: readonly string[],
    above: readonly string[],
  ): Promise<readonly OciImage[]> {
    const ids = [...above, descriptor.digest];
    const { mediaType } = descriptor;
    if (mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex) {
      if (above.length > 2) throw this.#invalid("its indexes are nested too deep");
      const { manifests } = await this.#blobJson(descriptor.digest, indexSchema);
      const images: OciImage[] = [];
      for (const child of manifests)
        // Other platforms' manifests are often left out; attestations are not images.
        if (this.#hasBlob(child.digest) && child.platform?.architecture !== "unknown")
          images.push(...(await this.#imagesOf(child, names, ids)));
      return images;
    }
    if (mediaType !== mediaTypes.ociManifest && mediaType !== mediaTypes.dockerManifest) return [];

    const manifest = await this.#blobJson(descriptor.digest, manifestSchema);
    const config = await this.#blobJson(manifest.config.digest, configSchema);
    const diffIds = config.rootfs.diff_ids;
    if (diffIds.length !== manifest.layers.length)
      throw this.#invalid(
        `${descriptor.digest} has ${manifest.layers.length} layers, its config ${diffIds.length}`,
      );
    return [
      {
        names,
        ids: [...ids, manifest.config.digest],
        platform: `${config.os}/${config.architecture}`,
        manifest: {
          digest: descriptor.digest,
          mediaType,
          bytes: await this.#bytes(blobPath(descriptor.digest)),
        },
        config: {
          digest: manifest.config.digest,
          bytes: await this.#bytes(blobPath(manifest.config.digest)),
        },
        layers: manifest.layers.map(({ digest, size, mediaType }, i) => ({
          diffId: diffIds[i] as string,
          digest,
          mediaType,
          sizeBytes: size,
        })),
      },
    ];
  }

  /** The format before Docker 25: manifest.json names the config and each layer's file; no manifest. */
  async #savedImages(): Promise<readonly OciImage[]> {
    if (!this.#contents.stored.has("manifest.json"))
      throw this.#invalid("it has neither index.json with oci-layout nor manifest.json");
    const images: OciImage[] = [];
    for (const saved of await this.#json("manifest.json", savedImagesSchema)) {
      const config = await this.#json(saved.Config, configSchema);
      const configBlob = this.#blob(saved.Config);
      const diffIds = config.rootfs.diff_ids;
      if (diffIds.length !== saved.Layers.length)
        throw this.#invalid(
          `${saved.Config} has ${diffIds.length} layers, manifest.json ${saved.Layers.length}`,
        );
      const layers = saved.Layers.map((name, i) => {
        const { digest, sizeBytes } = this.#blob(name);
        return { diffId: diffIds[i] as string, digest, mediaType: mediaTypes.ociLayer, sizeBytes };
      });
      const wrong = layers.find(({ diffId, digest }) => diffId !== digest);
      if (wrong !== undefined)
        throw this.#invalid(`a layer has the digest ${wrong.digest} where ${wrong.diffId} is named`);
      const manifest = manifestOf(configBlob, layers);
      images.push({
        names: (saved.RepoTags ?? []).map((tag) => parseImageReference(tag).full),
        ids: [manifest.digest, configBlob.digest],
        platform: `${config.os}/${config.architecture}`,
        manifest,
        config: { digest: configBlob.digest, bytes: await this.#bytes(saved.Config) },
        layers,
      });
    }
    return images;
  }

  #hasBlob(digest: string): boolean {
    return this.#contents.stored.has(blobPath(digest));
  }

  #blobJson<Schema extends z.ZodType>(digest: string, schema: Schema): Promise<z.infer<Schema>> {
    return this.#json(blobPath(digest), schema);
  }

  async #json<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.infer<Schema>> {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(await this.#bytes(name)).toString("utf8"));
    } catch (error) {
      if (error instanceof SyntaxError) throw this.#invalid(`${name} is not JSON`, error);
      throw error;
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw this.#invalid(
      `${name} is not as it should be (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`,
      result.error,
    );
  }

  async #bytes(name: string): Promise<Uint8Array> {
    const { path } = this.#storedFile(name);
    const bytes = await this.#files.readBytes(path);
    if (bytes === undefined) throw new ToolError("file-not-found", { path, purpose: name });
    return bytes;
  }

  #storedFile(name: string): StoredBlob {
    const blob = this.#contents.stored.get(name);
    if (blob === undefined) throw this.#invalid(`${name} is missing`);
    if (blob.sizeBytes > longestJsonBytes)
      throw this.#invalid(`${name} has ${blob.sizeBytes} bytes, too many for what it is`);
    return blob;
  }

  /** Where a name leads, links followed: equal layers are stored once and linked to. */
  #blob(name: string): { readonly digest: string; readonly sizeBytes: number } {
    let at = posix.normalize(name);
    for (let followed = 0; followed < 10; followed += 1) {
      const blob = this.#contents.stored.get(at) ?? this.#contents.skipped.get(at);
      if (blob !== undefined) return blob;
      const target = this.#contents.links.get(at);
      if (target === undefined) break;
      at = target;
    }
    throw this.#invalid(`${name} is missing`);
  }
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}
