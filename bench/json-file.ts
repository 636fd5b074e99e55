import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A name that sorts by time and that every file system takes. */
export function defaultJsonFile(name: string, startedAt: string): string {
  const time = startedAt.slice(0, "2026-01-01T00:00:00".length).replaceAll(":", "-");
  return join(import.meta.dirname, "results", `${name}-${time}.json`);
}

export async function writeJson(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
