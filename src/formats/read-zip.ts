import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { ToolError } from "../errors/tool-error.ts";

/** Bytes that can be read from anywhere: a file, or a buffer in a test. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly these bytes, or fewer where the end comes first. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface ZipEntry {
  /** Relative, with "/" between its parts and none of them "..". */
  readonly name: string;
  readonly isDirectory: boolean;
  readonly sizeBytes: number;
  readonly crc: number;
  /** Seconds since the epoch. */
  readonly modifiedSeconds: number;
  readonly compressedBytes: number;
  readonly method: number;
  readonly offset: number;
}

export interface Zip {
  /** As the archive lists them; of several with one name the last, as java.util.zip takes it. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** The content in pieces, checked against the entry's size and checksum. */
  content(entry: ZipEntry): AsyncIterable<Uint8Array>;
  bytes(entry: ZipEntry): Promise<Uint8Array>;
}

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_64_LOCATOR = 0x07064b50;
const END_OF_DIRECTORY_64 = 0x06064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
/** The end record's own size, and the longest comment that may follow it. */
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/** Far above any application, so that an archive made to fill memory or disk is refused. */
const limits = { entries: 500_000, directoryBytes: 256 * 1024 ** 2, totalBytes: 8 * 1024 ** 3 };
/** Stored entries are read in pieces of this size; small neighbours come in one piece, too. */
const PIECE_BYTES = 1024 ** 2;

/**
 * Reads the central directory of a zip (PKWARE APPNOTE 4.3) and, later, single entries. Own code, and not yauzl (3.4),
 * because yauzl takes offsets as they stand: it refuses an archive with something in front of it, as the launch script
 * of Spring Boot's executable jars is ("invalid central directory file header signature"). It also knows neither the
 * last of several entries with one name, which Java takes, nor a limit for the sum of all sizes.
 * @throws ToolError `archive-damaged`
 */
export async function openZip(path: string, source: ByteSource): Promise<Zip> {
  const damaged = (reason: string, cause?: unknown) =>
    new ToolError("archive-damaged", { archive: path, reason }, { cause });
  const reader = new ReadAhead(source);
  const directory = await findDirectory(reader, damaged);
  const entries = readDirectory(
    view(await reader.read(directory.start, directory.sizeBytes)),
    directory,
    damaged,
  );

  async function startOf(entry: ZipEntry): Promise<number> {
    const header = view(await reader.read(entry.offset, LOCAL_BYTES));
    if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL_ENTRY)
      throw damaged(`${entry.name} is not where its directory says`);
    const start = entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + entry.compressedBytes > directory.start)
      throw damaged(`${entry.name} reaches into its directory`);
    return start;
  }

  async function* content(entry: ZipEntry): AsyncIterable<Uint8Array> {
    const start = await startOf(entry);
    let crc = 0;
    if (entry.method === STORED) {
      for (let at = 0; at < entry.sizeBytes; at += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, entry.sizeBytes - at);
        const piece = await reader.read(start + at, length);
        if (piece.byteLength < length) throw damaged(`it ends in the middle of ${entry.name}`);
        crc = crc32(piece, crc);
        yield piece;
      }
    } else {
      const whole = await inflate(await reader.read(start, entry.compressedBytes), entry, damaged);
      crc = crc32(whole);
      yield whole;
    }
    if (crc !== entry.crc) throw damaged(`the checksum of ${entry.name} is wrong`);
  }

  return {
    entries,
    content,
    async bytes(entry) {
      const pieces: Uint8Array[] = [];
      for await (const piece of content(entry)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}

type Damaged = (reason: string, cause?: unknown) => ToolError;

interface Directory {
  readonly start: number;
  readonly sizeBytes: number;
  readonly count: number;
  /** Bytes in front of the archive that its offsets do not count. */
  readonly shift: number;
}

async function findDirectory(reader: ReadAhead, damaged: Damaged): Promise<Directory> {
  const { sizeBytes } = reader;
  const tailStart = Math.max(0, sizeBytes - END_BYTES - MAX_COMMENT_BYTES);
  const tail = view(await reader.read(tailStart, sizeBytes - tailStart));
  let end = tail.length - END_BYTES;
  // Its comment reaches to the end; otherwise it is the end of a jar within one that was cut off.
  const isEnd = () =>
    tail.readUInt32LE(end) === END_OF_DIRECTORY &&
    end + END_BYTES + tail.readUInt16LE(end + 20) === tail.length;
  while (end >= 0 && !isEnd()) end -= 1;
  if (end < 0) throw damaged("it is no zip, or its end is missing");
  let count = tail.readUInt16LE(end + 10);
  let directoryBytes = tail.readUInt32LE(end + 12);
  let offset = tail.readUInt32LE(end + 16);
  let directoryEnd = tailStart + end;
  const locator = end - 20;
  if (locator >= 0 && tail.readUInt32LE(locator) === END_OF_DIRECTORY_64_LOCATOR) {
    // Nothing lies between the record and its locator: APPNOTE 4.3.6.
    const record = locator - 56;
    if (record < 0 || tail.readUInt32LE(record) !== END_OF_DIRECTORY_64)
      throw damaged("its zip64 end record is missing");
    count = Number(tail.readBigUInt64LE(record + 32));
    directoryBytes = Number(tail.readBigUInt64LE(record + 40));
    offset = Number(tail.readBigUInt64LE(record + 48));
    directoryEnd = tailStart + record;
  }
  if (count > limits.entries) throw damaged(`it has more than ${limits.entries} entries`);
  if (directoryBytes > limits.directoryBytes) throw damaged("its directory is too large");
  const start = directoryEnd - directoryBytes;
  const shift = start - offset;
  if (start < 0 || shift < 0) throw damaged("its directory lies outside of it");
  return { start, sizeBytes: directoryBytes, count, shift };
}

function readDirectory(
  bytes: Buffer,
  { count, shift }: Directory,
  damaged: Damaged,
): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  let totalBytes = 0;
  for (let left = count, at = 0; left > 0; left -= 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw damaged("its directory ends early");
    const [nameBytes, extraBytes] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const next = at + 46 + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw damaged("its directory ends early");
    const name = bytes.toString("utf8", at + 46, at + 46 + nameBytes);
    checkName(name, damaged);
    if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw damaged(`${name} is encrypted`);
    const method = bytes.readUInt16LE(at + 10);
    if (method !== STORED && method !== DEFLATED)
      throw damaged(`${name} is compressed in a way (${method}) that jars do not have`);
    const extra = readExtra(bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes));
    const wide = wideNumbers(extra.zip64, [
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ]);
    const [sizeBytes, compressedBytes, offset] = wide;
    if (method === STORED && sizeBytes !== compressedBytes)
      throw damaged(`${name} has two different sizes`);
    totalBytes += sizeBytes;
    if (totalBytes > limits.totalBytes)
      throw damaged(`it unpacks to more than ${limits.totalBytes / 1024 ** 3} GiB`);
    entries.set(name, {
      name,
      isDirectory: name.endsWith("/"),
      sizeBytes,
      crc: bytes.readUInt32LE(at + 16),
      modifiedSeconds:
        extra.modifiedSeconds ??
        dosSeconds(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12)),
      compressedBytes,
      method,
      offset: offset + shift,
    });
    at = next;
  }
  return entries;
}

/** Names become paths in an image: one that leads out of its folder is an attack or damage. */
function checkName(name: string, damaged: Damaged): void {
  const isBad =
    name === "" ||
    name.startsWith("/") ||
    /[\0\\]/.test(name) ||
    name.split("/").some((part) => part === ".." || part === ".");
  if (isBad) throw damaged(`it has an entry with the name ${JSON.stringify(name)}`);
}

/** Extra fields: the extended timestamp (0x5455) knows its time zone, zip64 (0x0001) the large sizes. */
function readExtra(extra: Buffer): {
  readonly modifiedSeconds?: number;
  readonly zip64?: Buffer;
} {
  let found: { modifiedSeconds?: number; zip64?: Buffer } = {};
  for (let at = 0; at + 4 <= extra.length;) {
    const [id, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    const field = extra.subarray(at + 4, at + 4 + length);
    if (id === 0x5455 && field.length >= 5 && (field.readUInt8(0) & 1) !== 0)
      found = { ...found, modifiedSeconds: field.readInt32LE(1) };
    if (id === 0x0001) found = { ...found, zip64: field };
    at += 4 + length;
  }
  return found;
}

/** Those that do not fit into 32 bits stand in the zip64 field, in this order (APPNOTE 4.5.3). */
function wideNumbers(
  zip64: Buffer | undefined,
  [size, compressed, offset]: readonly [number, number, number],
): readonly [number, number, number] {
  let at = 0;
  const widen = (value: number) => {
    if (value !== 0xffffffff || zip64 === undefined || at + 8 > zip64.length) return value;
    at += 8;
    return Number(zip64.readBigUInt64LE(at - 8));
  };
  return [widen(size), widen(compressed), widen(offset)];
}

/** DOS times are in the time zone of the machine that wrote them: this one, as a rule. */
function dosSeconds(date: number, time: number): number {
  const [year, month, day] = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31];
  const [hour, minute, second] = [time >> 11, (time >> 5) & 63, (time & 31) * 2];
  return Math.floor(new Date(year, month, day, hour, minute, second).getTime() / 1000);
}

const inflateAsync = promisify(inflateRaw);

async function inflate(
  bytes: Uint8Array,
  { name, sizeBytes }: ZipEntry,
  damaged: Damaged,
): Promise<Uint8Array> {
  try {
    // One byte more than announced ends it: an entry cannot grow beyond what its directory says.
    const content = await inflateAsync(bytes, { maxOutputLength: Math.max(1, sizeBytes) });
    if (content.length === sizeBytes) return content;
  } catch (error) {
    throw damaged(`${name} cannot be unpacked`, error);
  }
  throw damaged(`${name} has another size than its directory says`);
}

/** Entries are small and lie side by side: reading each by itself would cost more than its content. */
class ReadAhead {
  readonly #source: ByteSource;
  #start = 0;
  #block: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#start;
    if (from >= 0 && from + length <= this.#block.byteLength)
      return this.#block.subarray(from, from + length);
    const block = await this.#source.read(offset, Math.max(length, PIECE_BYTES));
    [this.#start, this.#block] = [offset, block];
    return block.subarray(0, length);
  }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
