/** A file or folder to be written into a tar. */
export interface TarMember {
  /** Relative. The name of a folder ends in "/". */
  readonly name: string;
  /** 0 for a folder. */
  readonly sizeBytes: number;
  /** Read when its turn comes; undefined for a folder. */
  readonly content?: AsyncIterable<Uint8Array>;
  /** User and group id; 0 when left out. */
  readonly owner?: number;
  /** Seconds since the epoch; 0 when left out: same content, same archive. */
  readonly modifiedSeconds?: number;
}

const blockBytes = 512;
const fileMode = 0o644;
const folderMode = 0o755;
/** What eleven octal digits hold: sizes below 8 GiB. */
const sizeLimit = 8 ** 11;

/**
 * Writes a tar as fast as it is read. By hand and not with tar-stream's `pack`, a stream that has to be fed and drained
 * from two sides: a generator has back-pressure and clean-up from the language.
 *
 * @throws Error when a file's content is not as long as announced
 */
export async function* writeTar(
  members: AsyncIterable<TarMember> | Iterable<TarMember>,
): AsyncIterable<Uint8Array> {
  for await (const member of members) {
    yield memberHeader(member);
    const { name, sizeBytes, content } = member;
    if (content === undefined) continue;
    let written = 0;
    for await (const piece of content) {
      written += piece.byteLength;
      yield piece;
    }
    if (written !== sizeBytes)
      throw new Error(`${name} has ${written} bytes where ${sizeBytes} were announced`);
    const rest = sizeBytes % blockBytes;
    if (rest > 0) yield new Uint8Array(blockBytes - rest);
  }
  yield new Uint8Array(2 * blockBytes);
}

/** The header, preceded by a pax header (POSIX.1-2001) where the plain one (ustar) is too narrow. */
function memberHeader(member: TarMember): Buffer {
  const { name, sizeBytes, content, owner = 0, modifiedSeconds = 0 } = member;
  const fields = { sizeBytes, modifiedSeconds, owner };
  const isFolder = content === undefined;
  const plain = { ...fields, type: isFolder ? "5" : "0", mode: isFolder ? folderMode : fileMode };
  const isPlainName = Buffer.byteLength(name) <= 100 && !/[^\x20-\x7e]/.test(name);
  if (isPlainName && sizeBytes < sizeLimit) return ustar(name, plain);
  const records = Buffer.from(paxRecord("path", name) + paxRecord("size", String(sizeBytes)));
  const padding = Buffer.alloc((blockBytes - (records.length % blockBytes)) % blockBytes);
  return Buffer.concat([
    ustar("pax", { ...fields, type: "x", mode: fileMode, sizeBytes: records.length }),
    records,
    padding,
    // Readers take name and size from the records.
    ustar("see-pax", { ...plain, sizeBytes: sizeBytes % sizeLimit }),
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

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
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
  const header = Buffer.alloc(blockBytes);
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
