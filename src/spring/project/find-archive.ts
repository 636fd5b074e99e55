import { join } from "node:path";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { BuildPlan } from "../plan/plan-build.ts";
import { openBootArchive, type BootArchive } from "../image/boot-archive.ts";
import { factsOfArchive, type ArchiveFacts } from "./read-archive.ts";

export interface BuiltArchive {
  readonly path: string;
  readonly facts: ArchiveFacts;
}

interface Candidate extends BuiltArchive {
  readonly name: string;
  readonly modifiedMs: number;
}

/**
 * The executable archive that a build left: the one that Maven told, where it told one. Old ones may lie beside it (nobody runs `clean`), so the
 * expected name wins, then the only one there is, then the newest when one is newer than all others.
 */
export async function findArchive(plan: BuildPlan, files: Files): Promise<BuiltArchive> {
  const [told, ...others] = await toldArchives(plan, files);
  if (told !== undefined && others.length === 0) return told;
  const candidates = await executableArchives(plan, files);
  const expected = candidates.find(({ name }) => name === plan.archiveName);
  const [newest, second] = [...candidates].sort((a, b) => b.modifiedMs - a.modifiedMs);
  if (newest === undefined) {
    throw new ToolError("archive-missing", {
      folder: plan.outputDir,
      packaging: plan.packaging,
      tool: plan.tool,
    });
  }
  // Archives of one build are written within a moment of each other; leftovers are older than that.
  const isLeftover = second !== undefined && newest.modifiedMs - second.modifiedMs > 60_000;
  const found = expected ?? (second === undefined || isLeftover ? newest : undefined);
  if (found === undefined) {
    throw new ToolError("archive-ambiguous", {
      folder: plan.outputDir,
      archives: candidates.map(({ name }) => name),
    });
  }
  return { path: found.path, facts: found.facts };
}

/** With a classifier the main archive is not executable, and the one beside it is. */
async function toldArchives(
  { archives }: BuildPlan,
  files: Files,
): Promise<readonly BuiltArchive[]> {
  const found: BuiltArchive[] = [];
  for (const path of archives) {
    if ((await files.status(path)) === undefined) continue;
    const archive = await openBootArchive(path, files);
    if (archive !== undefined) found.push({ path, facts: factsOfArchive(archive) });
  }
  return found;
}

async function executableArchives(plan: BuildPlan, files: Files): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const { name, kind } of (await files.list(plan.outputDir)) ?? []) {
    if (kind === "directory" || !name.endsWith(`.${plan.packaging}`)) continue;
    if (/-(plain|sources|javadoc|tests)\.\w+$/.test(name)) continue;
    const path = join(plan.outputDir, name);
    const archive = await openIfWhole(path, name === plan.archiveName, files);
    if (archive !== undefined) {
      const modifiedMs = (await files.status(path))?.modifiedMs ?? 0;
      found.push({ name, path, facts: factsOfArchive(archive), modifiedMs });
    }
  }
  return found;
}

/** A damaged file is a failure where it is the one that was to be built, and no candidate elsewhere. */
async function openIfWhole(
  path: string,
  isExpected: boolean,
  files: Files,
): Promise<BootArchive | undefined> {
  try {
    return await openBootArchive(path, files);
  } catch (error) {
    if (isExpected || !isToolError(error, "archive-damaged")) throw error;
    return undefined;
  }
}
