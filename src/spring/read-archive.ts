import { inflateRawSync } from "node:zlib";
import { toJavaVersion } from "./read-pom.ts";
import { webStackOf, type WebStack } from "./detect-project.ts";

/** What the built archive itself says; better knowledge than any reading of build files. */
export interface ArchiveFacts {
  readonly springBootVersion: string;
  readonly hasActuator: boolean;
  readonly web: WebStack;
  /** Java that the archive was compiled for, when its manifest tells. */
  readonly buildJava: number | undefined;
  /** It can extract itself in layers (jarmode "tools", since Spring Boot 3.3). */
  readonly canExtractLayers: boolean;
}

/** Undefined when it is no executable Spring Boot archive (a plain jar, a broken file). */
export function readArchive(bytes: Uint8Array): ArchiveFacts | undefined {
  const entries = zipEntries(bytes);
  const manifestEntry = entries?.find(({ name }) => name === "META-INF/MANIFEST.MF");
  if (entries === undefined || manifestEntry === undefined) return undefined;
  const manifest = entryText(bytes, manifestEntry);
  const attribute = (name: string) =>
    new RegExp(`^${name}: (.*)$`, "m").exec(manifest)?.[1]?.trim();
  const springBootVersion = attribute("Spring-Boot-Version");
  if (springBootVersion === undefined) return undefined;
  const libraries = entries.flatMap(
    ({ name }) => /^(?:BOOT-INF|WEB-INF)\/lib(?:-provided)?\/([^/]+)\.jar$/.exec(name)?.[1] ?? [],
  );
  const has = (pattern: RegExp) => libraries.some((library) => pattern.test(library));
  return {
    springBootVersion,
    hasActuator: has(/^spring-boot-actuator-/),
    web: webStackOf(libraries),
    buildJava: toJavaVersion(attribute("Build-Jdk-Spec")),
    canExtractLayers:
      has(/^spring-boot-jarmode-tools-/) && attribute("Spring-Boot-Layers-Index") !== undefined,
  };
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly offset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** The end record's own size, and the longest comment that may follow it. */
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;

/** The central directory (PKWARE APPNOTE 4.3.12); undefined when there is none. */
function zipEntries(bytes: Uint8Array): readonly ZipEntry[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = view.length - END_BYTES;
  const lowest = Math.max(0, end - MAX_COMMENT_BYTES);
  while (end >= lowest && view.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < lowest) return undefined;
  const entries: ZipEntry[] = [];
  let at = view.readUInt32LE(end + 16);
  for (let left = view.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const nameBytes = view.readUInt16LE(at + 28);
    entries.push({
      name: view.toString("utf8", at + 46, at + 46 + nameBytes),
      method: view.readUInt16LE(at + 10),
      compressedBytes: view.readUInt32LE(at + 20),
      offset: view.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  }
  return entries;
}

function entryText(bytes: Uint8Array, { offset, method, compressedBytes }: ZipEntry): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = offset + 30 + view.readUInt16LE(offset + 26) + view.readUInt16LE(offset + 28);
  const content = view.subarray(start, start + compressedBytes);
  return (method === 0 ? content : inflateRawSync(content)).toString("utf8");
}
