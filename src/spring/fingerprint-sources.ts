import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import type { Files } from "../ports/files.ts";

/** Folders and files that never end up in an application, wherever they are. */
const NEVER_RELEVANT =
  /^(\.git|\.gradle|\.idea|\.vscode|\.settings|\.kotlin|\.classpath|\.project|\.DS_Store|node_modules|.*\.iml|.*\.log|.*~|.*\.swp)$/;
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
}

/**
 * A hash over everything that the application is built from: paths and contents. Contents and not
 * modification times, because a checkout or an editor's save changes times without changing the
 * application, and because nothing has to be remembered: reading a thousand files takes a fraction of a second.
 */
export async function fingerprintSources(rootDir: string, options: Sources): Promise<string> {
  const { files } = options;
  const paths = (await sourceFiles(rootDir, options)).toSorted();
  const hash = createHash("sha256");
  for (let at = 0; at < paths.length; at += READ_AT_ONCE) {
    const some = paths.slice(at, at + READ_AT_ONCE);
    const contents = await Promise.all(some.map((path) => files.readBytes(path)));
    for (const [index, path] of some.entries()) {
      const content = contents[index] ?? new Uint8Array();
      // Lengths keep the borders: "a" + "bc" must differ from "ab" + "c".
      hash.update(`${relative(rootDir, path)}\0${content.byteLength}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

async function sourceFiles(
  rootDir: string,
  { files, includeAll, without = [] }: Sources,
): Promise<readonly string[]> {
  const left = new Set(includeAll ? [] : without);
  const found: string[] = [];
  const visited = new Set<string>();
  const walk = async (dir: string): Promise<void> => {
    const real = (await files.realPath(dir)) ?? dir;
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await files.list(dir)) ?? [];
    const isModule = entries.some(({ name }) => BUILD_FILE.test(name));
    for (const entry of entries) {
      if (NEVER_RELEVANT.test(entry.name)) continue;
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
