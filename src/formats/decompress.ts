import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";

export type Compression = "gzip" | "zstd";

/**
 * The content of what may be compressed, told by its first bytes. `refuse` makes the error of what is
 * damaged, cut off or compressed in another way; failures of the source pass through.
 */
export async function decompress(
  bytes: AsyncIterable<Uint8Array>,
  refuse: (reason: string, cause?: unknown) => Error,
): Promise<{
  readonly compression: Compression | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}> {
  const { start, all } = await peek(bytes, longestMagicBytes);
  const format = formats.find(({ magic }) => magic.every((byte, i) => start[i] === byte))?.format;
  if (format === undefined) return { compression: undefined, content: all };
  if (format !== "gzip" && format !== "zstd")
    throw refuse(`it is compressed with ${format}; gzip and zstd are understood`);
  return { compression: format, content: expand(all, format, refuse) };
}

const formats: readonly { readonly format: string; readonly magic: readonly number[] }[] = [
  { format: "gzip", magic: [0x1f, 0x8b] },
  { format: "zstd", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: "xz", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { format: "bzip2", magic: [0x42, 0x5a, 0x68] },
];
const longestMagicBytes = 5;

/** The first bytes of a stream, at least `count` unless it ends before, and all of it to be read afterwards. */
export async function peek(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{
  readonly start: Uint8Array;
  readonly all: AsyncIterable<Uint8Array>;
}> {
  const chunks = bytes[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < count) {
    const next = await chunks.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  const all = async function* () {
    try {
      if (start.length > 0) yield start;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
        yield next.value;
    } finally {
      await chunks.return?.();
    }
  };
  return { start, all: all() };
}

async function* expand(
  bytes: AsyncIterable<Uint8Array>,
  format: Compression,
  refuse: (reason: string, cause?: unknown) => Error,
): AsyncIterable<Uint8Array> {
  const decompressor = decompressorOf(format, refuse);
  const source = Readable.from(bytes, { objectMode: false });
  let sourceFailure: { readonly error: unknown } | undefined;
  source.once("error", (error) => {
    sourceFailure = { error };
    decompressor.destroy(error);
  });
  source.pipe(decompressor);
  try {
    yield* decompressor as AsyncIterable<Buffer>;
  } catch (error) {
    if (sourceFailure !== undefined) throw sourceFailure.error;
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse(`its ${format} data is damaged or cut off (${reason})`, error);
  } finally {
    decompressor.destroy();
    source.destroy();
  }
}

/** Big pieces: each one crosses between threads. */
const chunkSize = 256 * 1024;

function decompressorOf(format: Compression, refuse: (reason: string) => Error): Transform {
  if (format === "gzip") return zlib.createGunzip({ chunkSize });
  // Node has it since 22.15; Airfield runs on 22.12.
  const create = (zlib as Partial<typeof zlib>).createZstdDecompress;
  if (create === undefined) throw refuse("it is compressed with zstd, which Node 22.15 can read");
  return create({ chunkSize });
}
