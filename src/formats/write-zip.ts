import { crc32 } from "node:zlib";

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** 1980-01-01 00:00, the first moment that the format knows. */
const FIRST_DATE = (1 << 5) | 1;
const UTF8_NAMES = 1 << 11;

/**
 * A zip of stored (not compressed) entries in the order given, without dates: same files, same bytes.
 * Stored because the JVM reads it faster and the layer around it may be compressed anyway.
 */
export function writeZip(files: readonly ZipFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of files) {
    const nameBytes = Buffer.from(name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    writeFacts(header, 4, { nameBytes, content });
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    writeFacts(entry, 6, { nameBytes, content });
    entry.writeUInt32LE(offset, 42);
    parts.push(header, nameBytes, content);
    directory.push(entry, nameBytes);
    offset += header.length + nameBytes.length + content.byteLength;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  // Beyond 65,535 entries java.util.zip counts for itself.
  end.writeUInt16LE(files.length & 0xffff, 8);
  end.writeUInt16LE(files.length & 0xffff, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.byteLength, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** What an entry's own header and its line in the directory have in common, from "version needed" on. */
function writeFacts(
  header: Buffer,
  at: number,
  { nameBytes, content }: { readonly nameBytes: Buffer; readonly content: Uint8Array },
): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(UTF8_NAMES, at + 2);
  header.writeUInt16LE(0, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(FIRST_DATE, at + 8);
  header.writeUInt32LE(crc32(content), at + 10);
  header.writeUInt32LE(content.byteLength, at + 14);
  header.writeUInt32LE(content.byteLength, at + 18);
  header.writeUInt16LE(nameBytes.length, at + 22);
}
