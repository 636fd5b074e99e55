import { crc32 } from "node:zlib";
import type { Files } from "../../ports/files.ts";
import { openBootArchive } from "../image/boot-archive.ts";
import type { ClassFile } from "../image/plan-content.ts";

/** What an answer may depend on of an archive. */
export interface ArchiveFingerprint {
  /** Of all but the application's own classes, as words of a key. */
  readonly parts: readonly string[];
  /** Checksums of the application's own classes, by their names. */
  readonly classes: Readonly<Record<string, number>>;
}

/** Other than what is made anew by every build, or shown in browsers: an edit of those asks nobody. */
const NO_SETTINGS =
  /^META-INF\/(MANIFEST\.MF|build-info\.properties|maven\/.*)$|^git\.properties$|^(static|public|templates)\//;

/**
 * Apart, so that an edit of a controller does not have Spring asked again: only classes that were loaded before the answer
 * can change it. Undefined where the archive's own classes cannot be told from the rest (a war).
 * @param newer what stands in the place of the archive's own classes and resources
 */
export async function fingerprintArchive(
  path: string,
  newer: readonly ClassFile[] | undefined,
  files: Pick<Files, "readStream" | "status">,
): Promise<ArchiveFingerprint | undefined> {
  const archive = await openBootArchive(path, files);
  if (archive === undefined) return undefined;
  const folder = archive.manifest.main.get("Spring-Boot-Classes") ?? "BOOT-INF/classes/";
  const parts: string[] = [];
  const classes: Record<string, number> = {};
  const addOwn = (name: string, checksum: number): void => {
    if (name.endsWith(".class")) {
      classes[name.slice(0, -".class".length).replaceAll("/", ".")] = checksum;
    } else if (!NO_SETTINGS.test(name)) parts.push(`${name} ${checksum}`);
  };
  for (const { name, crc, isDirectory } of archive.zip.entries.values()) {
    if (isDirectory) continue;
    if (!name.startsWith(folder)) {
      if (!NO_SETTINGS.test(name)) parts.push(`${name} ${crc}`);
    } else if (newer === undefined) addOwn(name.slice(folder.length), crc);
  }
  for (const { path: name, content } of newer ?? []) addOwn(name, crc32(content));
  return { parts: parts.toSorted(), classes };
}
