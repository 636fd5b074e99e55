import { join, relative } from "node:path";
import type { Files } from "../../ports/files.ts";
import { isLeftover } from "../project/leftovers.ts";
import type { ClassFile } from "../image/plan-content.ts";

const READ_AT_ONCE = 32;

/** All classes and resources of the application, as they would be packaged. */
export async function readClasses(output: string, files: Files): Promise<readonly ClassFile[]> {
  const paths = await filesBelow(output, files);
  const read: ClassFile[] = [];
  for (let at = 0; at < paths.length; at += READ_AT_ONCE) {
    const some = paths.slice(at, at + READ_AT_ONCE);
    const found = await Promise.all(
      some.map(async (path) => ({
        path: relative(output, path),
        content: await files.readBytes(path),
        modifiedSeconds: Math.floor(((await files.status(path))?.modifiedMs ?? 0) / 1000),
      })),
    );
    for (const { content, ...file } of found) {
      if (content !== undefined) read.push({ ...file, content });
    }
  }
  return read;
}

async function filesBelow(folder: string, files: Files): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, kind } of (await files.list(folder)) ?? []) {
    if (isLeftover(name)) continue;
    const path = join(folder, name);
    if (kind === "directory") found.push(...(await filesBelow(path, files)));
    else found.push(path);
  }
  return found;
}
