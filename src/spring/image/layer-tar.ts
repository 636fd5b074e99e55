/** A file of a layer. Its folders come by themselves. */
export interface LayerFile {
  /** In the image, without a leading "/". */
  readonly path: string;
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly modifiedSeconds: number;
  /** Changes with the content, where that is known without reading it: the checksum in a zip. */
  readonly checksum?: number;
  content(): AsyncIterable<Uint8Array>;
}

/** 1980-01-01 UTC: the earliest date that zip files know, too. Not 0, which some tools take for "no date". */
export const FIXED_SECONDS = 315_532_800;
const BLOCK_BYTES = 512;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/**
 * The tar of a layer, as it is read: sorted, with fixed folders, owner and modes, so that the same files
 * give the same bytes, and with them the same digest. Written by hand and not with tar-stream, whose
 * `pack` is a stream that has to be fed and drained from two sides; a generator has back-pressure from
 * the language.
 */
export async function* layerTar(
  files: readonly LayerFile[],
  { owner }: { readonly owner: number },
): AsyncIterable<Uint8Array> {
  for (const entry of entriesOf(files)) {
    yield entryHeader(entry, owner);
    if (entry.file === undefined) continue;
    let written = 0;
    for await (const piece of entry.file.content()) {
      written += piece.byteLength;
      yield piece;
    }
    if (written !== entry.sizeBytes)
      throw new Error(`${entry.path} has ${written} bytes where ${entry.sizeBytes} were announced`);
    const rest = written % BLOCK_BYTES;
    if (rest > 0) yield new Uint8Array(BLOCK_BYTES - rest);
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}

interface TarEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
  /** Undefined: a folder. */
  readonly file?: LayerFile;
}

/** The files with every folder above them, each folder before what is in it. */
function entriesOf(files: readonly LayerFile[]): readonly TarEntry[] {
  const entries = new Map<string, TarEntry>();
  for (const file of files) {
    const parts = file.path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const path = `${parts.slice(0, depth).join("/")}/`;
      entries.set(path, { path, sizeBytes: 0, modifiedSeconds: FIXED_SECONDS });
    }
    const { path, sizeBytes, modifiedSeconds } = file;
    entries.set(path, { path, sizeBytes, modifiedSeconds, file });
  }
  // By code unit and not by locale: the order must be the same on every machine.
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The header, preceded by a pax header (POSIX.1-2001) where the plain one (ustar) is too narrow. */
function entryHeader({ path, sizeBytes, modifiedSeconds, file }: TarEntry, owner: number): Buffer {
  const fields = { sizeBytes, modifiedSeconds, owner };
  const plain = {
    ...fields,
    type: file === undefined ? "5" : "0",
    mode: file === undefined ? FOLDER_MODE : FILE_MODE,
  };
  const isPlainName = Buffer.byteLength(path) <= 100 && !/[^\x20-\x7e]/.test(path);
  if (isPlainName && sizeBytes < 8 ** 11) return ustar(path, plain);
  const records = Buffer.from(paxRecord("path", path) + paxRecord("size", String(sizeBytes)));
  const padding = Buffer.alloc((BLOCK_BYTES - (records.length % BLOCK_BYTES)) % BLOCK_BYTES);
  return Buffer.concat([
    ustar("pax", { ...fields, type: "x", mode: FILE_MODE, sizeBytes: records.length }),
    records,
    padding,
    // Readers take name and size from the records.
    ustar("see-pax", { ...plain, sizeBytes: sizeBytes % 8 ** 11 }),
  ]);
}

/** "LENGTH key=value\n", where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + 1;
  while (String(length).length + restBytes !== length) length = String(length).length + restBytes;
  return `${length}${rest}`;
}

function ustar(
  name: string,
  {
    type,
    mode,
    owner,
    sizeBytes,
    modifiedSeconds,
  }: {
    readonly type: string;
    readonly mode: number;
    readonly owner: number;
    readonly sizeBytes: number;
    readonly modifiedSeconds: number;
  },
): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "ascii");
  header.write(name, 0, 100, "ascii");
  octal(mode, 100, 7);
  octal(owner, 108, 7);
  octal(owner, 116, 7);
  octal(sizeBytes, 124, 11);
  octal(Math.max(0, modifiedSeconds), 136, 11);
  header.write("        ", 148, "ascii");
  header.write(type, 156, "ascii");
  header.write("ustar\u000000", 257, "ascii");
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return header;
}
