import { ToolError } from "../errors/tool-error.ts";
import type { Files } from "../ports/files.ts";
import type { Ports } from "../ports/ports.ts";
import { decompress, peek } from "../formats/decompress.ts";
import { deliverImages, type LoadReport } from "./deliver/deliver-images.ts";
import { familiarName, parseImageReference } from "../formats/image-reference.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import type { ImageBlob, OciImage } from "./oci.ts";
import { openAtHand } from "./sources/open-at-hand.ts";
import type { HostImage } from "./host-image.ts";
import { keepInFolder, keepInPlace, readArchive } from "./sources/read-archive.ts";
import { ReplayFeed } from "./sources/replay-feed.ts";

export interface LoadArchiveRequest {
  readonly cluster: string;
  readonly archives: readonly ArchiveFile[];
  /** The name that the image gets; needed where the archive has none. */
  readonly tag?: string;
  /** Names of nodes; all of the cluster's when left out. */
  readonly nodes?: readonly string[];
  /** How long the nodes may take; 10 minutes unless said. Reading the archives counts for nothing. */
  readonly timeoutMs?: number;
}

/** An archive of `docker save` or an OCI layout in a tar, compressed or not. */
export type ArchiveFile = { readonly path: string } | { readonly stdin: AsyncIterable<Uint8Array> };

/**
 * Brings the images of archives onto nodes; see `deliverImages`. A plain archive is read where it lies;
 * what comes as a stream or compressed is put aside in a folder that goes with the command. Nothing
 * reaches a node before all archives have been read and checked.
 */
export async function loadArchives(
  { archives, tag, timeoutMs, ...request }: LoadArchiveRequest,
  ports: Pick<Ports, "engine" | "files" | "clock" | "reporter">,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const { clock, engine, files } = ports;
  const startedMs = clock.monotonicMs();
  const nodes = await findNodeNames(request, engine);
  await refuseMissing(archives, files);
  const { arch } = await engine.info();
  const folder = await files.makeTemporaryDirectory("airfield-images-");
  try {
    const byName = new Map<string, NamedImage>();
    const blobs: ImageBlob[] = [];
    for (const [i, archive] of archives.entries()) {
      const title = "path" in archive ? `"${archive.path}"` : "What came on stdin";
      const read = await readOne(archive, title, `${folder}/${i}`, files, signal);
      for (const image of chooseImages(read.images, { title, platform: `linux/${arch}`, tag })) {
        refuseMissingLayers(image, { title, blobs: read.blobs });
        byName.set(image.name, image);
      }
      blobs.push(...read.blobs);
    }
    const images = [...byName.values()];
    const all = images.map(({ image }) => image);
    const open = () => Promise.resolve(openAtHand("The archive", all, blobs));
    return await deliverImages(
      { images: images.map(hostImageOf), nodes, startedMs, timeoutMs, open },
      ports,
      signal,
    );
  } finally {
    await files.remove(folder);
  }
}

/** Before any is read: archives are large, and the last one's absence should not cost the time of the others. */
async function refuseMissing(archives: readonly ArchiveFile[], files: Files): Promise<void> {
  const paths = archives.flatMap((archive) => ("path" in archive ? [archive.path] : []));
  const found = await Promise.all(paths.map((path) => files.status(path)));
  const missing = paths.filter((_, index) => found[index] === undefined);
  const [path] = missing;
  if (path === undefined) return;
  const purpose = `${missing.length === 1 ? "it was" : "they were"} to be read`;
  throw new ToolError("file-not-found", { path, paths: missing, purpose });
}

interface NamedImage {
  readonly name: string;
  readonly image: OciImage;
}

async function readOne(
  archive: ArchiveFile,
  title: string,
  folder: string,
  files: Files,
  signal: AbortSignal | undefined,
): Promise<{ readonly images: readonly OciImage[]; readonly blobs: readonly ImageBlob[] }> {
  const refuse = (reason: string, cause?: unknown) =>
    new ToolError("image-archive-invalid", { archive: title, reason }, { cause });
  const isFile = "path" in archive && (await files.status(archive.path))?.kind === "file";
  const raw = "path" in archive ? files.readStream(archive.path) : archive.stdin;
  const { start, all } = await peek(stoppable(raw, signal), longestZipStartBytes);
  const kind = kindOfZip(start, "path" in archive ? archive.path : "");
  if (kind !== undefined) throw new ToolError("not-an-image-archive", { archive: title, kind });
  const { compression, content } = await decompress(all, refuse);
  const keep =
    isFile && compression === undefined
      ? keepInPlace(archive.path, files)
      : keepInFolder(folder, files);
  const feed = new ReplayFeed<ImageBlob>();
  const images = await readArchive(content, { title, keep, isNeeded: () => true, blobs: feed });
  const blobs: ImageBlob[] = [];
  for await (const blob of feed) blobs.push(blob);
  return { images, blobs };
}

/** A zip's first header, and the name that follows on it. */
const longestZipStartBytes = 64;

/**
 * What a zip archive is; undefined of what is none. Java archives mostly begin with META-INF/, and those that Spring
 * Boot makes executable with a shell script.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7)
 * https://docs.spring.io/spring-boot/3.5/how-to/deployment/installing.html
 */
function kindOfZip(start: Uint8Array, path: string): "java" | "zip" | undefined {
  const text = Buffer.from(start).toString("latin1");
  const isNamedJava = /\.(jar|war|ear)$/i.test(path);
  if (!text.startsWith("PK\u0003\u0004"))
    return isNamedJava && text.startsWith("#!") ? "java" : undefined;
  return isNamedJava || text.slice(30).startsWith("META-INF/") ? "java" : "zip";
}

/** A node would find that out, too, in the middle of the import; and one that has the layer already would not. */
function refuseMissingLayers(
  { name, image }: NamedImage,
  { title, blobs }: { readonly title: string; readonly blobs: readonly ImageBlob[] },
): void {
  const missing = image.layers.filter(({ digest }) =>
    blobs.every((blob) => blob.digest !== digest),
  );
  const [first] = missing;
  if (first === undefined) return;
  const place = image.layers.indexOf(first) + 1;
  const more = missing.length === 1 ? "" : ` (and ${missing.length - 1} more)`;
  throw new ToolError("image-archive-invalid", {
    archive: title,
    reason: `it lacks layer ${place} of the ${image.layers.length} of the image ${familiarName(name)}, ${first.digest}${more}`,
  });
}

/** The images by name, each for the nodes' platform where there are several. */
function chooseImages(
  images: readonly OciImage[],
  {
    title,
    platform,
    tag,
  }: { readonly title: string; readonly platform: string; readonly tag: string | undefined },
): readonly NamedImage[] {
  const byName = new Map<string, OciImage>();
  for (const image of images) {
    const names = tag === undefined ? image.names : [tag];
    for (const name of names.map((text) => parseImageReference(text).full)) {
      const other = byName.get(name);
      if (tag !== undefined && other?.platform === image.platform)
        throw new ToolError("image-archive-invalid", {
          archive: title,
          reason: `it holds several images, and --tag names one`,
        });
      if (other === undefined || image.platform === platform) byName.set(name, image);
    }
  }
  if (byName.size === 0)
    throw new ToolError("image-archive-invalid", {
      archive: title,
      reason: "its image has no name; give it one with --tag",
    });
  return [...byName].map(([name, image]) => ({ name, image }));
}

function hostImageOf({ name, image: { config, platform, layers } }: NamedImage): HostImage {
  return {
    ref: familiarName(name),
    name,
    id: config.digest,
    platform,
    layers: layers.map(({ diffId }) => diffId),
  };
}

async function* stoppable(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    yield chunk;
  }
}
