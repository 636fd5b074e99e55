import { createHash } from "node:crypto";
import { join } from "node:path";
import { isToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { Ports } from "../../ports/ports.ts";

/** Hashes of files by their paths below the build's folder. */
export type FileHashes = Readonly<Record<string, string>>;

/**
 * Files among the sources that builds have written (a flattened pom, pages of a frontend), each with the hash of what they
 * wrote: as long as it is that, it is no source. With another content it counts again, whoever wrote it.
 */
export async function recallWritten(rootDir: string, files: Files): Promise<FileHashes> {
  try {
    return JSON.parse((await files.readText(pathOf(rootDir, files))) ?? "{}") as FileHashes;
  } catch {
    return {};
  }
}

/**
 * Keeps what a build has written, which is to be told from what was saved while it ran: only files that git ignores, those
 * that earlier builds wrote, and new ones outside of the folders that sources are in.
 * @returns whether anything was added
 */
export async function learnWritten(
  rootDir: string,
  { before, after }: { readonly before: FileHashes; readonly after: FileHashes },
  {
    ports,
    signal,
  }: { readonly ports: Pick<Ports, "commands" | "files">; readonly signal: AbortSignal },
): Promise<boolean> {
  const { files } = ports;
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  if (changed.length === 0) return false;
  const known = await recallWritten(rootDir, files);
  const isCertain = (path: string) => path in known || (!(path in before) && !hasSources(path));
  const asked = changed.filter((path) => !isCertain(path));
  const ignored = new Set(await ignoredByGit(rootDir, asked, { ports, signal }));
  const written = changed.filter((path) => isCertain(path) || ignored.has(path));
  if (written.length === 0) return false;
  const hashes = { ...known, ...Object.fromEntries(written.map((path) => [path, after[path]])) };
  await files.writeTextAtomic(pathOf(rootDir, files), JSON.stringify(hashes), { mode: 0o600 });
  return true;
}

export function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Where a user makes new files, too. */
function hasSources(path: string): boolean {
  return /(^|\/)src\/|(^|\/)(pom\.xml|.*\.gradle(\.kts)?|gradle\.properties|airfield\.ya?ml)$|^\.mvn\//.test(
    path,
  );
}

/** https://git-scm.com/docs/git-check-ignore; none without git, or outside of a repository. */
async function ignoredByGit(
  rootDir: string,
  paths: readonly string[],
  { ports, signal }: { readonly ports: Pick<Ports, "commands">; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  try {
    const { stdout } = await ports.commands.run(["git", "check-ignore", "--stdin", "-z"], {
      ...{ cwd: rootDir, stdin: paths.join("\0"), signal },
    });
    return stdout.split("\0").filter((path) => path !== "");
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    return [];
  }
}

function pathOf(rootDir: string, { cacheFolder }: Pick<Files, "cacheFolder">): string {
  const key = createHash("sha256").update(rootDir).digest("hex").slice(0, 16);
  return join(cacheFolder, "builds", `${key}.written.json`);
}
