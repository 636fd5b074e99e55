import { crc32, deflateRawSync } from "node:zlib";

/** Where Spring Boot's repackaging puts the application's own files in a jar. */
const CLASSES = "BOOT-INF/classes/";
const LOCAL_ENTRY = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
/** 1980-02-01 00:00, which Spring Boot's own reproducible builds use, too. */
const FIXED_DATE = 0x0041;

/** An application's own file: a class or a resource, with its path below the folder of classes. */
export interface ClassFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * The executable jar with these classes and resources in place of its own: what the build would package, without
 * running it. All else (libraries, loader, indexes) is copied as it stands. Undefined when that cannot be said:
 * the jar is broken or none of Spring Boot's, or a file belongs where the build's own rules decide
 * (META-INF is split between the jar's root and the classes by spring-boot-loader-tools).
 */
export function patchArchive(
  archive: Uint8Array,
  files: readonly ClassFile[],
): Uint8Array | undefined {
  const view = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const entries = directoryOf(view);
  if (entries === undefined || !entries.some(({ name }) => name.startsWith(CLASSES)))
    return undefined;
  const before = new Map(entries.map((entry) => [entry.name, entry]));
  const kept = entries.filter(({ name }) => !name.startsWith(CLASSES) || name === CLASSES);
  const rootFiles = files.filter(({ path }) => path.startsWith("META-INF/"));
  const isSettled = rootFiles.every(({ path, content }) =>
    [path, `${CLASSES}${path}`].some(
      (name) => before.get(name)?.crc === crc32(Buffer.from(content)),
    ),
  );
  if (!isSettled) return undefined;
  const atRoot = new Set(rootFiles.map(({ path }) => path).filter((path) => before.has(path)));
  const added = files
    .filter(({ path }) => !atRoot.has(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const write = (header: Buffer, ...local: readonly Buffer[]) => {
    header.writeUInt32LE(offset, 42);
    directory.push(header);
    parts.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
  };
  for (const { header, local, content } of kept) write(header, local, content);
  for (const folder of foldersOf(added)) write(...entryOf(`${CLASSES}${folder}/`, Buffer.alloc(0)));
  for (const { path, content } of added)
    write(...entryOf(`${CLASSES}${path}`, Buffer.from(content)));
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_OF_DIRECTORY, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

interface Entry {
  readonly name: string;
  readonly crc: number;
  /** A copy of its own. */
  readonly header: Buffer;
  readonly local: Buffer;
  /** A view of the archive. */
  readonly content: Buffer;
}

/** PKWARE APPNOTE 4.3.7 to 4.3.16. Undefined when it is no zip, or a zip64, which no application needs. */
function directoryOf(view: Buffer): readonly Entry[] | undefined {
  let end = view.length - END_BYTES;
  const lowest = Math.max(0, end - MAX_COMMENT_BYTES);
  while (end >= lowest && view.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < lowest) return undefined;
  const count = view.readUInt16LE(end + 10);
  const entries: Entry[] = [];
  let at = view.readUInt32LE(end + 16);
  for (let left = count; left > 0; left -= 1) {
    if (at + 46 > end || view.readUInt32LE(at) !== DIRECTORY_ENTRY) return undefined;
    const nameBytes = view.readUInt16LE(at + 28);
    const length = 46 + nameBytes + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
    const header = Buffer.from(view.subarray(at, at + length));
    const offset = header.readUInt32LE(42);
    if (offset + 30 > view.length || view.readUInt32LE(offset) !== LOCAL_ENTRY) return undefined;
    const nameAndExtra = view.readUInt16LE(offset + 26) + view.readUInt16LE(offset + 28);
    const start = offset + 30 + nameAndExtra;
    const local = Buffer.from(view.subarray(offset, start));
    // Sizes after the content ("data descriptor") go into the local header, so that the content can end it.
    local.writeUInt16LE(local.readUInt16LE(6) & ~8, 6);
    header.writeUInt16LE(header.readUInt16LE(8) & ~8, 8);
    header.copy(local, 14, 16, 28);
    entries.push({
      name: header.toString("utf8", 46, 46 + nameBytes),
      crc: header.readUInt32LE(16),
      header,
      local,
      content: view.subarray(start, start + header.readUInt32LE(20)),
    });
    at += length;
  }
  return entries;
}

function entryOf(name: string, content: Buffer): [Buffer, Buffer, Buffer, Buffer] {
  const nameBytes = Buffer.from(name, "utf8");
  const isFolder = name.endsWith("/");
  const packed = isFolder ? content : deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(LOCAL_ENTRY, 0);
  local.writeUInt16LE(20, 4);
  // Names are UTF-8.
  local.writeUInt16LE(0x0800, 6);
  local.writeUInt16LE(isFolder ? 0 : 8, 8);
  local.writeUInt16LE(FIXED_DATE, 12);
  local.writeUInt32LE(crc32(content), 14);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(nameBytes.length, 26);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(DIRECTORY_ENTRY, 0);
  header.writeUInt16LE(20, 4);
  local.copy(header, 6, 4, 28);
  return [Buffer.concat([header, nameBytes]), local, nameBytes, packed];
}

/** Every folder above these files, outer ones first. */
function foldersOf(files: readonly ClassFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split("/").slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) {
      folders.add(parts.slice(0, depth).join("/"));
    }
  }
  return [...folders].toSorted();
}
