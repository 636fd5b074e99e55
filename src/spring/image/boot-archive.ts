import { ToolError } from "../../errors/tool-error.ts";
import type { FileRange, Files } from "../../ports/files.ts";
import { openZip, type Zip } from "../../formats/read-zip.ts";

/** An executable Spring Boot archive: its zip and what its manifest and indexes say. */
export interface BootArchive {
  readonly path: string;
  readonly zip: Zip;
  readonly manifest: Manifest;
  /** The archive's path of each library, in class path order; undefined without an index. */
  readonly classPath: readonly string[] | undefined;
  /** From what changes least to what changes most; undefined when the archive has no layers. */
  readonly layers: readonly IndexedLayer[] | undefined;
}

export interface IndexedLayer {
  readonly name: string;
  /** Paths of files, and of folders with "/" at their ends. */
  readonly contents: readonly string[];
}

/** The attributes of the main section in their order, and the other sections as they stand. */
export interface Manifest {
  readonly main: ReadonlyMap<string, string>;
  readonly sections: string;
}

export const MANIFEST = "META-INF/MANIFEST.MF";

/**
 * Undefined when the file is an archive, but no executable one of Spring Boot (a plain jar).
 * @throws ToolError `archive-damaged` when it is no whole zip
 */
export async function openBootArchive(
  path: string,
  files: Pick<Files, "readStream" | "status">,
): Promise<BootArchive | undefined> {
  const sizeBytes = (await files.status(path))?.sizeBytes;
  if (sizeBytes === undefined)
    throw new ToolError("file-not-found", { path, purpose: "an image was to be made of it" });
  const zip = await openZip(path, {
    sizeBytes,
    read: (offset, length) => readPart(path, { offset, sizeBytes: length }, files),
  });
  const text = async (name: string | undefined): Promise<string | undefined> => {
    const entry = name === undefined ? undefined : zip.entries.get(name);
    return entry === undefined ? undefined : Buffer.from(await zip.bytes(entry)).toString("utf8");
  };
  const manifest = readManifest((await text(MANIFEST)) ?? "");
  if (!manifest.main.has("Spring-Boot-Version")) return undefined;
  const classPath = await text(manifest.main.get("Spring-Boot-Classpath-Index"));
  const layers = await text(manifest.main.get("Spring-Boot-Layers-Index"));
  return {
    path,
    zip,
    manifest,
    classPath: classPath === undefined ? undefined : readClassPathIndex(classPath),
    layers: layers === undefined ? undefined : readLayersIndex(layers, path),
  };
}

async function readPart(
  path: string,
  range: FileRange,
  files: Pick<Files, "readStream">,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of files.readStream(path, range)) pieces.push(piece);
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
}

/**
 * Lines of at most 72 bytes that are continued by a space; sections divided by empty lines.
 * https://docs.oracle.com/en/java/javase/25/docs/specs/jar/jar.html#jar-manifest
 */
export function readManifest(text: string): Manifest {
  const unfolded = text.replace(/\r\n?/g, "\n").replace(/\n /g, "");
  const end = unfolded.indexOf("\n\n");
  const head = end < 0 ? unfolded : unfolded.slice(0, end);
  const main = new Map(
    head.split("\n").flatMap((line): [string, string][] => {
      const [, name, value] = /^([\w-]+): ?(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? ""]];
    }),
  );
  return { main, sections: end < 0 ? "" : unfolded.slice(end + 2).trim() };
}

export function writeManifest({ main, sections }: Manifest): string {
  const lines = [
    ...[...main].map(([name, value]) => `${name}: ${value}`),
    "",
    ...(sections === "" ? [] : [...sections.split("\n"), ""]),
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

/** A line has up to 72 bytes without its end, as the JDK writes it; a character may not be cut. */
function fold(line: string): string {
  const parts: string[] = [];
  let part = "";
  let bytes = 0;
  for (const character of line) {
    const more = Buffer.byteLength(character);
    if (bytes + more > 72) {
      parts.push(part);
      [part, bytes] = ["", 1];
    }
    part += character;
    bytes += more;
  }
  return [...parts, part].join("\r\n ");
}

/** https://docs.spring.io/spring-boot/specification/executable-jar/nested-jars.html#appendix.executable-jar.nested-jars.classpath-index */
function readClassPathIndex(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => /^- "(.+)"$/.exec(line)?.[1] ?? []);
}

/** The same page, "The Layer Index". */
function readLayersIndex(text: string, path: string): readonly IndexedLayer[] {
  const layers: { name: string; contents: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const name = /^- "(.+)":$/.exec(line)?.[1];
    const content = /^ {2}- "(.+)"$/.exec(line)?.[1];
    if (name !== undefined) layers.push({ name, contents: [] });
    else if (content !== undefined) layers.at(-1)?.contents.push(content);
    else if (line.trim() !== "")
      throw new ToolError("archive-damaged", {
        archive: path,
        reason: `its index of layers has the line ${JSON.stringify(line)}`,
      });
  }
  return layers;
}
