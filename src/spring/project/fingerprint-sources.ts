import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import type { Files } from "../../ports/files.ts";
import { isLeftover } from "./leftovers.ts";
import { hashOf, type FileHashes } from "../build/written-by-builds.ts";

/** Folders and files that never end up in an application, wherever they are; those of editors besides. */
const NEVER_RELEVANT =
  /^(\.gradle|\.idea|\.vscode|\.settings|\.kotlin|\.classpath|\.project|node_modules|.*\.iml|.*\.log|.*\.log\.\d+|.*\.pid|.*\.out|nohup\.out|hs_err_pid.*|.*\.hprof|.*\.(mv|trace)\.db)$/;
/** Beside a build file: what Maven's plugins write there (flatten, shade, versions, release). */
const WRITTEN_BY_PLUGINS =
  /^(\.flattened-pom\.xml|\.ci-friendly-pom\.xml|dependency-reduced-pom\.xml|pom\.xml\.(versionsBackup|releaseBackup|tag|next|bak)|release\.properties)$/;
/** Output folders; only beside a build file, since packages may have these names. */
const OUTPUT_FOLDER = /^(target|build|out|bin)$/;
/** Beside a build file: what the archive does not depend on. */
const NOT_IN_ARCHIVE =
  /^(README.*|HELP\.md|CHANGELOG.*|LICENSE.*|NOTICE.*|\.gitignore|\.gitattributes|\.editorconfig|\.dockerignore|Dockerfile.*|airfield\.ya?ml|application-.*\.(ya?ml|properties))$/i;
/** The user's kustomization, and what `airfield export` writes unless told otherwise. */
const HAND_OVER_FOLDER = /^(k8s|k8s-export|chart)$/;
const BUILD_FILE = /^(pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?)$/;
const READ_AT_ONCE = 32;

interface Sources {
  readonly files: Files;
  /** Also what only an own Dockerfile could use (tests, README, …). */
  readonly includeAll: boolean;
  /** Absolute paths of files and folders that the archive does not depend on. */
  readonly without?: readonly string[];
  /** Absolute paths of folders that the build writes to. */
  readonly outputs?: readonly string[];
  /** What builds have written among the sources, with the hashes of it. */
  readonly written?: FileHashes;
}

/** All that the application is built from. */
export interface SourceState {
  readonly fingerprint: string;
  readonly hashes: FileHashes;
}

/**
 * A hash over everything that the application is built from: paths and contents. Contents and not
 * modification times, because a checkout or an editor's save changes times without changing the
 * application, and because nothing has to be remembered: reading a thousand files takes a fraction of a second.
 */
export async function readSources(rootDir: string, options: Sources): Promise<SourceState> {
  const { files, written = {} } = options;
  const paths = (await sourceFiles(rootDir, options)).toSorted();
  const hashes: Record<string, string> = {};
  for (let at = 0; at < paths.length; at += READ_AT_ONCE) {
    const some = paths.slice(at, at + READ_AT_ONCE);
    const contents = await Promise.all(some.map((path) => files.readBytes(path)));
    for (const [index, path] of some.entries()) {
      const content = contents[index] ?? new Uint8Array();
      hashes[relative(rootDir, path)] = hashOf(content);
    }
  }
  return { fingerprint: fingerprintOf(hashes, written), hashes };
}

/** Of all files but those that are as a build has written them. */
export function fingerprintOf(hashes: FileHashes, written: FileHashes): string {
  const hash = createHash("sha256");
  for (const [path, own] of Object.entries(hashes)) {
    // The border keeps "a" + "bc" apart from "ab" + "c".
    if (written[path] !== own) hash.update(`${path}\0${own}\0`);
  }
  return hash.digest("hex");
}

async function sourceFiles(
  rootDir: string,
  { files, includeAll, without = [], outputs = [] }: Sources,
): Promise<readonly string[]> {
  const left = new Set([...(includeAll ? [] : without), ...outputs]);
  const found: string[] = [];
  const visited = new Set<string>();
  const walk = async (dir: string): Promise<void> => {
    const real = (await files.realPath(dir)) ?? dir;
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await files.list(dir)) ?? [];
    const isModule = entries.some(({ name }) => BUILD_FILE.test(name));
    for (const entry of entries) {
      if (NEVER_RELEVANT.test(entry.name) || isLeftover(entry.name)) continue;
      if (isModule && WRITTEN_BY_PLUGINS.test(entry.name)) continue;
      const path = join(dir, entry.name);
      if (left.has(path)) continue;
      const kind = entry.kind === "symlink" ? (await files.status(path))?.kind : entry.kind;
      if (kind === "directory") {
        if (isModule && OUTPUT_FOLDER.test(entry.name)) continue;
        if (isModule && !includeAll && HAND_OVER_FOLDER.test(entry.name)) continue;
        if (!includeAll && entry.name === "test" && /(^|\/)src$/.test(dir)) continue;
        await walk(path);
      } else if (kind === "file") {
        if (isModule && !includeAll && NOT_IN_ARCHIVE.test(entry.name)) continue;
        found.push(path);
      }
    }
  };
  await walk(rootDir);
  return found;
}
