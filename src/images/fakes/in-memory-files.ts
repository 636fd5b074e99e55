import type { Files } from "../../ports/files.ts";

/** The part of the file system that image delivery uses, in memory. */
export class InMemoryBlobFiles implements Pick<
  Files,
  "makeTemporaryDirectory" | "readBytes" | "readStream" | "remove" | "writeBytes"
> {
  readonly contents = new Map<string, Uint8Array>();
  readonly folders = new Set<string>();

  makeTemporaryDirectory(prefix: string): Promise<string> {
    const folder = `/tmp/${prefix}${this.folders.size}`;
    this.folders.add(folder);
    return Promise.resolve(folder);
  }

  async writeBytes(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    if (content instanceof Uint8Array) chunks.push(content);
    else for await (const chunk of content) chunks.push(chunk);
    this.contents.set(path, Buffer.concat(chunks));
  }

  readBytes(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.contents.get(path));
  }

  async *readStream(path: string): AsyncIterable<Uint8Array> {
    const content = await this.readBytes(path);
    if (content === undefined) throw new Error(`no file ${path}`);
    for (let at = 0; at < content.byteLength; at += 1000) yield content.slice(at, at + 1000);
  }

  remove(path: string): Promise<void> {
    this.folders.delete(path);
    for (const file of [...this.contents.keys()])
      if (file.startsWith(`${path}/`)) this.contents.delete(file);
    return Promise.resolve();
  }
}
