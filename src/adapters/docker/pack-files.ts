import { buffer } from "node:stream/consumers";
import { pack as createPack } from "tar-stream";
import type { ContainerFile } from "../../ports/container-engine.ts";

const DEFAULT_MODE = 0o644;

/**
 * One tar of files with absolute paths, to be unpacked at "/". It holds no folders: an entry for a folder
 * that exists would reset its mode and owner, and the engine makes missing ones itself.
 */
export async function packFiles(files: readonly ContainerFile[]): Promise<Buffer> {
  const pack = createPack();
  for (const { path, content, mode = DEFAULT_MODE } of files) {
    // A fixed time: the same files make the same archive.
    const header = { name: path.replace(/^\/+/, ""), mode, mtime: new Date(0), uid: 0, gid: 0 };
    pack.entry(header, typeof content === "string" ? content : Buffer.from(content));
  }
  pack.finalize();
  return buffer(pack);
}
