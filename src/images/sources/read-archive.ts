import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { z } from "zod";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import {
  configSchema,
  indexSchema,
  manifestSchema,
  savedImagesSchema,
  type Descriptor,
} from "../oci-schemas.ts";
import {
  imageNameAnnotation,
  manifestOf,
  mediaTypes,
  type ImageBlob,
  type OciImage,
  type OciLayer,
} from "../oci.ts";
import { decompress, type Compression } from "../../formats/decompress.ts";
import { parseImageReference } from "../../formats/image-reference.ts";
import type { ReplayFeed } from "./replay-feed.ts";
import { readTar, type TarEntry } from "../../formats/read-tar.ts";

/** Takes in a file's content, which must be read to the end; resolves with how to read it again. */
export type Keep = (
  content: AsyncIterable<Uint8Array>,
  entry: TarEntry,
) => Promise<() => AsyncIterable<Uint8Array>>;

/** Puts each file of an archive aside in a folder, under a number: nothing of an archive chooses a path. */
export function keepInFolder(
  folder: string,
  files: Pick<Files, "readStream" | "writeBytes">,
): Keep {
  let kept = 0;
  return async (content) => {
    const path = `${folder}/${(kept += 1)}`;
    await files.writeBytes(path, content);
    return () => files.readStream(path);
  };
}

/** Leaves the files where they are, in an archive that is a plain file itself. */
export function keepInPlace(archive: string, files: Pick<Files, "readStream">): Keep {
  return async (content, { offset, sizeBytes }) => {
    const pieces = content[Symbol.asyncIterator]();
    while ((await pieces.next()).done !== true);
    return () => files.readStream(archive, { offset, sizeBytes });
  };
}

export interface ArchiveOptions {
  /** What the archive is, for messages: "What docker save wrote". */
  readonly title: string;
  readonly keep: Keep;
  /** Blobs that nobody needs are not stored. */
  isNeeded(digest: string): boolean;
  /**
   * Blobs that are named by their digest are taken at their word: hashing is most of what reading costs, and
   * the node checks each blob before it keeps it. For archives of the engine, not for those of strangers.
   */
  readonly trustsNames?: boolean;
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
 * with manifest.json beside it) or an OCI layout, as a stream, and resolves with its images.
 */
export async function readArchive(
  bytes: AsyncIterable<Uint8Array>,
  options: ArchiveOptions,
): Promise<readonly OciImage[]> {
  const invalid = (reason: string, cause?: unknown) =>
    new ToolError("image-archive-invalid", { archive: options.title, reason }, { cause });
  try {
    const contents = await storeEntries(bytes, options, invalid);
    const images = await new ArchiveReader(contents, invalid).images();
    options.blobs.end();
    return images;
  } catch (error) {
    options.blobs.fail(error);
    throw error;
  }
}

/** What was found in the archive, by its name there. */
interface ArchiveContents {
  readonly stored: ReadonlyMap<string, ImageBlob>;
  /** Names of blobs that were left out because nobody needs them. */
  readonly skipped: ReadonlyMap<string, { readonly digest: string; readonly sizeBytes: number }>;
  readonly links: ReadonlyMap<string, string>;
}

type Invalid = (reason: string, cause?: unknown) => ToolError;

async function storeEntries(
  bytes: AsyncIterable<Uint8Array>,
  { keep, isNeeded, trustsNames = false, blobs, limits = defaultLimits }: ArchiveOptions,
  invalid: Invalid,
): Promise<ArchiveContents> {
  const stored = new Map<string, ImageBlob>();
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
    if (promised !== undefined && trustsNames) {
      const { sizeBytes } = entry;
      const trusted = { digest: promised, sizeBytes, open: await keep(entry.content, entry) };
      stored.set(name, trusted);
      blobs.push(trusted);
      continue;
    }
    const blob = await storeEntry(entry, keep);
    if (promised !== undefined && blob.digest !== promised)
      throw invalid(`the content of ${name} has the digest ${blob.digest}`);
    stored.set(name, blob);
    blobs.push(blob);
  }
  if (entries === 0) throw invalid("it is empty");
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

async function storeEntry(entry: TarEntry, keep: Keep): Promise<ImageBlob> {
  const hash = createHash("sha256");
  const hashed = async function* () {
    for await (const chunk of entry.content) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const open = await keep(hashed(), entry);
  return { digest: `sha256:${hash.digest("hex")}`, sizeBytes: entry.sizeBytes, open };
}

/** Finds the images in what was stored. */
class ArchiveReader {
  readonly #contents: ArchiveContents;
  readonly #invalid: Invalid;

  constructor(contents: ArchiveContents, invalid: Invalid) {
    this.#contents = contents;
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
    for (const descriptor of manifests)
      images.push(...(await this.#imagesOf(descriptor, namesOf(descriptor), [])));
    if (images.every(({ names }) => names.length > 0)) return images;
    const saved = await this.#savedNames();
    return images.map((image) =>
      image.names.length > 0 ? image : { ...image, names: saved.get(image.config.digest) ?? [] },
    );
  }

  /** Names by the digest of the config, where manifest.json lies beside the layout. */
  async #savedNames(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (!this.#contents.stored.has("manifest.json")) return new Map();
    const saved = await this.#json("manifest.json", savedImagesSchema);
    return new Map(
      saved.map(({ Config, RepoTags }) => [this.#blob(Config).digest, RepoTags ?? []]),
    );
  }

  /** The images a descriptor leads to: one per platform whose manifest is in the archive. */
  async #imagesOf(
    descriptor: Descriptor,
    names: readonly string[],
    above: readonly string[],
  ): Promise<readonly OciImage[]> {
    const ids = [...above, descriptor.digest];
    const { mediaType, platform } = descriptor;
    // Attestations.
    if (platform?.architecture === "unknown") return [];
    if (mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex) {
      if (above.length > 2) throw this.#invalid("its indexes are nested too deep");
      const { manifests } = await this.#blobJson(descriptor.digest, indexSchema);
      const images: OciImage[] = [];
      for (const child of manifests)
        // Other platforms' manifests are often left out.
        if (this.#hasBlob(child.digest)) images.push(...(await this.#imagesOf(child, names, ids)));
      return images;
    }
    if (mediaType !== mediaTypes.ociManifest && mediaType !== mediaTypes.dockerManifest) return [];

    const manifest = await this.#blobJson(descriptor.digest, manifestSchema);
    // Signatures, charts and other things that lie beside images.
    if (!configTypes.includes(manifest.config.mediaType)) return [];
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
      const layers: OciLayer[] = [];
      for (const [i, name] of saved.Layers.entries())
        layers.push(await this.#savedLayer(name, diffIds[i] as string, saved));
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

  /** Engines save layers uncompressed; image builders that write this format (Jib, Bazel) compress them. */
  async #savedLayer(
    name: string,
    diffId: string,
    { RepoTags, Layers }: z.infer<typeof savedImagesSchema>[number],
  ): Promise<OciLayer> {
    const blob = this.#find(name);
    if (blob === undefined)
      throw this.#invalid(
        `it lacks layer ${Layers.indexOf(name) + 1} of the ${Layers.length} of the image ${RepoTags?.[0] ?? "without a name"}, ${diffId} (${name})`,
      );
    const { digest, sizeBytes, open } = blob;
    if (digest === diffId) return { diffId, digest, mediaType: mediaTypes.ociLayer, sizeBytes };
    const found = open === undefined ? undefined : await this.#contentOf(name, open());
    if (found?.compression === undefined || found.digest !== diffId)
      throw this.#invalid(
        `a layer has the digest ${found?.digest ?? digest} where ${diffId} is named`,
      );
    return {
      diffId,
      digest,
      mediaType: `${mediaTypes.ociLayer}+${found.compression}`,
      sizeBytes,
    };
  }

  async #contentOf(
    name: string,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly compression: Compression | undefined; readonly digest: string }> {
    const { compression, content } = await decompress(bytes, (reason, cause) =>
      this.#invalid(`${name}: ${reason}`, cause),
    );
    const hash = createHash("sha256");
    for await (const chunk of content) hash.update(chunk);
    return { compression, digest: `sha256:${hash.digest("hex")}` };
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
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#storedFile(name).open()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  #storedFile(name: string): ImageBlob {
    const blob = this.#contents.stored.get(name);
    if (blob === undefined) throw this.#invalid(`${name} is missing`);
    if (blob.sizeBytes > longestJsonBytes)
      throw this.#invalid(`${name} has ${blob.sizeBytes} bytes, too many for what it is`);
    return blob;
  }

  #blob(name: string): FoundBlob {
    const blob = this.#find(name);
    if (blob === undefined) throw this.#invalid(`${name} is missing`);
    return blob;
  }

  /** Where a name leads, links followed: equal layers are stored once and linked to. */
  #find(name: string): FoundBlob | undefined {
    let at = posix.normalize(name);
    for (let followed = 0; followed < 10; followed += 1) {
      const blob = this.#contents.stored.get(at) ?? this.#contents.skipped.get(at);
      if (blob !== undefined) return blob;
      const target = this.#contents.links.get(at);
      if (target === undefined) break;
      at = target;
    }
    return undefined;
  }
}

/** Without the means to read its content, where nobody needs that. */
type FoundBlob = Omit<ImageBlob, "open"> & Partial<Pick<ImageBlob, "open">>;

const configTypes: readonly string[] = [mediaTypes.ociConfig, mediaTypes.dockerConfig];

/** What containerd and Docker write, then OCI's own annotation, which mostly holds the tag alone. */
function namesOf({ annotations = {} }: Descriptor): readonly string[] {
  const name = annotations[imageNameAnnotation] ?? annotations["org.opencontainers.image.ref.name"];
  return name !== undefined && /[/:]/.test(name) ? [name] : [];
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}
