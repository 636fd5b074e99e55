import { createHash } from "node:crypto";
import { isToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";

/** Bytes at the start of a layer that identify it: a few entries of its archive, with their times. */
export const headBytes = 8 * 1024;

/** A few hundred images. The oldest go. */
const mostHeads = 2000;

/**
 * How layers begin (uncompressed), by their diffIDs, as seen when they were brought somewhere. An engine pushes all layers
 * of an image at once and does not say which is which; those that begin like one that nobody waits for are refused. A
 * hint only: when one was refused that is missed, all are pushed once more.
 */
export class LayerHeads {
  readonly #files: Ports["files"];
  readonly #file: string;
  #known: Promise<Map<string, string>> | undefined;
  #isChanged = false;

  constructor(files: Ports["files"]) {
    this.#files = files;
    this.#file = `${files.cacheFolder}/layer-heads.json`;
  }

  /** The heads of these layers, as far as they have been seen. */
  async of(diffIds: readonly string[]): Promise<ReadonlySet<string>> {
    const known = await this.#load();
    return new Set(diffIds.flatMap((diffId) => known.get(diffId) ?? []));
  }

  async learn(diffId: string, head: string): Promise<void> {
    const known = await this.#load();
    if (known.get(diffId) === head) return;
    known.set(diffId, head);
    this.#isChanged = true;
  }

  /** The last of two concurrent commands wins; a folder that cannot be written is no error. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const newest = [...(await this.#load())].slice(-mostHeads);
    const text = JSON.stringify(Object.fromEntries(newest));
    this.#isChanged = false;
    await this.#files.writeTextAtomic(this.#file, text, { mode: 0o600 }).catch((error: unknown) => {
      if (!isToolError(error, "file-unwritable")) throw error;
    });
  }

  #load(): Promise<Map<string, string>> {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #read(): Promise<Map<string, string>> {
    try {
      const text = await this.#files.readText(this.#file);
      const heads = JSON.parse(text ?? "{}") as Readonly<Record<string, string>>;
      return new Map(Object.entries(heads));
    } catch {
      // What cannot be read can be learnt again.
      return new Map();
    }
  }
}

/** @param beginning of a layer, at least `headBytes` of it or all */
export function headOf(beginning: Uint8Array): string {
  return createHash("sha256").update(beginning.subarray(0, headBytes)).digest("base64url");
}

/** Of a layer that is kept somewhere. */
export async function readHead(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes >= headBytes) break;
  }
  return headOf(Buffer.concat(pieces));
}
