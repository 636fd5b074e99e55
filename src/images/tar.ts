import { posix } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";

/** One member of a tar archive. Its content must be read before the next one is asked for. */
export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "link" | "other";
  /** The name that a link leads to; it may lie outside of the archive ("../…", "/…"). */
  readonly linkTarget: string | undefined;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Reads a tar as it comes. Throws when it is damaged or ends early. */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncIterable<TarEntry> {
  const tar = extract();
  const source = Readable.from(bytes, { objectMode: false });
  source.once("error", (error) => tar.destroy(error));
  source.pipe(tar);
  try {
    for await (const entry of tar) {
      const { name, type, size, linkname } = entry.header;
      const isLink = type === "symlink" || type === "link";
      yield {
        name,
        kind: type === "file" || type === "contiguous-file" ? "file" : isLink ? "link" : "other",
        linkTarget: isLink ? linkTargetOf(name, type, linkname ?? "") : undefined,
        sizeBytes: size ?? 0,
        content: entry as AsyncIterable<Buffer>,
      };
      // An entry that the consumer left unread would block the stream.
      entry.resume();
    }
  } finally {
    tar.destroy();
    source.destroy();
  }
}

/** Hard links name another member, symbolic ones go from where they are. */
function linkTargetOf(name: string, type: "link" | "symlink", target: string): string {
  return type === "link" || target.startsWith("/")
    ? target
    : posix.join(posix.dirname(name), target);
}

/** A file to be written into a tar. */
export interface TarFile {
  /** Up to 100 ASCII characters. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Writes a tar as fast as it is read. By hand and not with tar-stream's `pack`: a generator has
 * back-pressure and clean-up from the language, and our names never need more than a plain header.
 */
export async function* writeTar(files: AsyncIterable<TarFile>): AsyncIterable<Uint8Array> {
  for await (const { name, sizeBytes, content } of files) {
    yield tarHeader(name, sizeBytes);
    let written = 0;
    for await (const chunk of content) {
      written += chunk.byteLength;
      yield chunk;
    }
    if (written !== sizeBytes)
      throw new Error(`${name} has ${written} bytes where ${sizeBytes} were announced`);
    const rest = sizeBytes % blockBytes;
    if (rest > 0) yield new Uint8Array(blockBytes - rest);
  }
  yield new Uint8Array(2 * blockBytes);
}

const blockBytes = 512;

/** A POSIX ustar header of a regular file of mode 0644, without owner or date: same content, same archive. */
function tarHeader(name: string, sizeBytes: number): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, "ascii");
  header.write("0000644\0", 100, "ascii");
  header.write("0000000\0", 108, "ascii");
  header.write("0000000\0", 116, "ascii");
  writeSize(header, sizeBytes);
  header.write("00000000000\0", 136, "ascii");
  header.write("        ", 148, "ascii");
  header.write("0", 156, "ascii");
  header.write("ustar\u000000", 257, "ascii");
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return header;
}

/** Octal holds sizes below 8 GiB; above, the binary form that GNU tar, Go and tar-stream read. */
function writeSize(header: Buffer, sizeBytes: number): void {
  if (sizeBytes < 8 ** 11) {
    header.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124, "ascii");
    return;
  }
  header.writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(sizeBytes), 128);
}
