import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { SystemFiles } from "../../src/adapters/system/system-files.ts";
import { openBootArchive } from "../../src/spring/image/boot-archive.ts";
import { planContent } from "../../src/spring/image/plan-content.ts";
import { openZip } from "../../src/formats/read-zip.ts";

/** Hashes of files by "LAYER/PATH"; of the application's own jar the files in it, by "LAYER/application.jar!PATH". */
export type Layout = Readonly<Record<string, string>>;

const ownJar = "application.jar";

/** What Airfield puts into an image for this archive. */
export async function assembledLayout(archive: string): Promise<Layout> {
  const opened = await openBootArchive(archive, new SystemFiles());
  if (opened === undefined) throw new Error(`${archive} is no archive of Spring Boot`);
  const { layers } = await planContent(opened);
  const layout: Record<string, string> = {};
  for (const { name, files } of layers) {
    for (const file of files) {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.content()) pieces.push(piece);
      Object.assign(
        layout,
        await hashes(`${name}/${file.path.replace(/^application\//, "")}`, Buffer.concat(pieces)),
      );
    }
  }
  return layout;
}

/** What `java -Djarmode=tools -jar APP extract --layers` has put into a folder. */
export async function extractedLayout(folder: string): Promise<Layout> {
  const layout: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    Object.assign(layout, await hashes(relative(folder, path), await readFile(path)));
  }
  return layout;
}

async function hashes(path: string, content: Buffer): Promise<Layout> {
  if (!path.endsWith(`/${ownJar}`)) return { [path]: sha256(content) };
  const zip = await openZip(path, {
    sizeBytes: content.length,
    read: async (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
  });
  const found: Record<string, string> = {};
  for (const entry of zip.entries.values())
    if (!entry.isDirectory) found[`${path}!${entry.name}`] = sha256(await zip.bytes(entry));
  return found;
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
