import { posix } from "node:path";

/** One member of a tar archive. Its content must be read before the next one is asked for. */
export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "link" | "other";
  /** The name that a link leads to; it may lie outside of the archive ("../…", "/…"). */
  readonly linkTarget: string | undefined;
  readonly sizeBytes: number;
  /** Where the content begins in the archive. */
  readonly offset: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Reads a tar as it comes: ustar with the extensions of pax and GNU for long names and big files. Throws
 * when it is damaged or ends early. By hand and not with tar-stream, which does not say where in the
 * archive a file lies, so that big ones would have to be copied out of it.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13
 */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TarEntry> {
  await using source = new ChunkReader(bytes);
  let extended: ExtendedHeader = {};
  for (let emptyBlocks = 0; ;) {
    const header = await source.block();
    if (header === undefined) return;
    if (Buffer.compare(header, emptyBlock) === 0) {
      // The end is two empty blocks; writers fill up to what their device likes, but not without an end.
      if ((emptyBlocks += 1) > mostEmptyBlocks) throw new Error("it goes on without end");
      continue;
    }
    emptyBlocks = 0;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const sizeBytes = extended.sizeBytes ?? readNumber(header.subarray(124, 136));
    if (extensionTypes.has(type)) {
      if (sizeBytes > longestExtensionBytes) throw new Error("it has a name without end");
      extended = { ...extended, ...readExtension(type, await source.whole(sizeBytes)) };
      await source.skip(paddingOf(sizeBytes));
      continue;
    }
    const isLink = type === "1" || type === "2";
    const name = extended.name ?? readName(header);
    const target = extended.linkTarget ?? readText(header.subarray(157, 257));
    // As Go's archive/tar, with which engines write and read: links, folders and devices have no content.
    const contentBytes = typesWithoutContent.has(type) ? 0 : sizeBytes;
    const offset = source.position;
    yield {
      name,
      kind: type === "0" || type === "\0" || type === "7" ? "file" : isLink ? "link" : "other",
      linkTarget: isLink ? linkTargetOf(name, type, target) : undefined,
      sizeBytes: contentBytes,
      offset,
      content: source.pieces(contentBytes),
    };
    // What the consumer left unread.
    await source.skip(offset + contentBytes + paddingOf(contentBytes) - source.position);
    extended = {};
  }
}

/** Hard links name another member, symbolic ones go from where they are. */
function linkTargetOf(name: string, type: string, target: string): string {
  return type === "1" || target.startsWith("/") ? target : posix.join(posix.dirname(name), target);
}

/** pax: of the next file, of all files; GNU: long name, long link. */
const extensionTypes: ReadonlySet<string> = new Set(["x", "g", "L", "K"]);
const typesWithoutContent: ReadonlySet<string> = new Set(["1", "2", "3", "4", "5", "6"]);
const longestExtensionBytes = 1024 ** 2;
/** 8 MiB. */
const mostEmptyBlocks = 16 * 1024;

interface ExtendedHeader {
  readonly name?: string;
  readonly linkTarget?: string;
  readonly sizeBytes?: number;
}

function readExtension(type: string, content: Uint8Array): ExtendedHeader {
  if (type === "L") return { name: readText(content) };
  if (type === "K") return { linkTarget: readText(content) };
  // Engines and image builders write nothing global that matters to us.
  if (type === "g") return {};
  const records = readPaxRecords(Buffer.from(content));
  const name = records.get("path");
  const linkTarget = records.get("linkpath");
  const size = records.get("size");
  return {
    ...(name === undefined ? {} : { name }),
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(size === undefined ? {} : { sizeBytes: checkedSize(Number(size)) }),
  };
}

/** "LENGTH KEY=VALUE\n", one after the other; the length counts all of it. */
function readPaxRecords(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const [digits = ""] = /^\d{1,8}(?= )/.exec(content.toString("latin1", at, at + 9)) ?? [];
    const length = Number(digits);
    const record = content.toString("utf8", at + digits.length + 1, at + length - 1);
    const equals = record.indexOf("=");
    if (digits === "" || at + length > content.length || equals < 1)
      throw new Error("it has a damaged extended header");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/** The sum of all bytes, of which the eight of the sum itself count as spaces. */
function checkSum(header: Uint8Array): void {
  let sum = 0;
  for (const [i, byte] of header.entries()) sum += i >= 148 && i < 156 ? 32 : byte;
  if (readNumber(header.subarray(148, 156)) !== sum)
    throw new Error("a header's checksum is wrong");
}

function readName(header: Uint8Array): string {
  const name = readText(header.subarray(0, 100));
  const isPosix = readText(header.subarray(257, 263)) === "ustar";
  const prefix = isPosix ? readText(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Octal digits or, above 8 GiB, GNU's binary form. */
function readNumber(field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) !== 0)
    return checkedSize(field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0));
  const text = readText(field).trim();
  if (!/^[0-7]*$/.test(text)) throw new Error("a header has a number that is none");
  return Number.parseInt(text || "0", 8);
}

function checkedSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new Error("a file's size is impossible");
  return size;
}

function readText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
}

function paddingOf(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

const blockBytes = 512;
const emptyBlock = new Uint8Array(blockBytes);

/** Takes from a stream as many bytes as wanted, without copying those of big files. */
class ChunkReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  position = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** A header; undefined at the end. */
  async block(): Promise<Uint8Array | undefined> {
    return (await this.#fill()) ? this.whole(blockBytes) : undefined;
  }

  async whole(size: number): Promise<Uint8Array> {
    if (this.#rest.length >= size) return this.#take(size);
    const parts: Uint8Array[] = [];
    for await (const part of this.pieces(size)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *pieces(size: number): AsyncIterable<Uint8Array> {
    for (let left = size; left > 0;) {
      if (!(await this.#fill())) throw new Error("it ends early");
      const piece = this.#take(Math.min(left, this.#rest.length));
      left -= piece.length;
      yield piece;
    }
  }

  async skip(size: number): Promise<void> {
    for (let left = size; left > 0;) {
      if (!(await this.#fill())) throw new Error("it ends early");
      left -= this.#take(Math.min(left, this.#rest.length)).length;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  #take(size: number): Uint8Array {
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    this.position += size;
    return taken;
  }

  /** False at the end of the stream. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
