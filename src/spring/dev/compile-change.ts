import { dirname, extname, relative } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { CompileSession, CompileProblem } from "./compile-session.ts";
import { hasPlaceholders, type Change, type CompilePlan } from "./plan-compile.ts";

type JavacPlan = Extract<CompilePlan, { readonly with: "javac" }>;

/** Whether javac and copying are enough for these changes; the build tool has to do the others. */
export async function needsBuildTool(
  changes: readonly Change[],
  plan: CompilePlan,
  files: Files,
): Promise<boolean> {
  if (plan.with === "build-tool") return true;
  for (const change of changes) {
    if (/^(other|beside|build-file)$/.test(change.kind)) return true;
    if (change.kind !== "resource") continue;
    // A folder came or went: what was in it is not known any more.
    const status = await files.status(change.path);
    if (status?.kind === "directory" || (status === undefined && extname(change.path) === "")) {
      return true;
    }
    for (const rival of change.rivals) {
      if ((await files.status(rival)) !== undefined) return true;
    }
    if (!change.isFiltered) continue;
    if (hasPlaceholders((await files.readText(change.path)) ?? "", plan)) return true;
  }
  return false;
}

/**
 * Brings the folder of classes up to what the sources are now: resources copied, sources compiled, what lost its source
 * removed. Resolves with the paths in it that changed. Throws `compile-failed`, with all classes as they were.
 */
export async function compileChange(
  changes: readonly Change[],
  {
    plan,
    project,
    session,
    files,
  }: {
    readonly plan: JavacPlan;
    readonly project: { readonly artifact: string; readonly rootDir: string };
    readonly session: CompileSession;
    readonly files: Files;
  },
): Promise<readonly string[]> {
  const changed = new Set<string>();
  if (changes.some(({ kind }) => kind === "sources")) {
    const { isOk, problems, written, deleted } = await session.compile(plan.call);
    if (!isOk) {
      throw new ToolError("compile-failed", {
        project: project.artifact,
        lines: describeProblems(problems, project.rootDir),
      });
    }
    for (const path of [...written, ...deleted]) changed.add(path);
  }
  for (const change of changes) {
    if (change.kind !== "resource") continue;
    const content = await files.readBytes(change.path);
    const before = await files.readBytes(change.target);
    if (content === undefined) await files.remove(change.target);
    else if (before !== undefined && Buffer.from(before).equals(content)) continue;
    else {
      await files.makeDirectory(dirname(change.target));
      await files.writeBytes(change.target, content);
    }
    if (content !== undefined || before !== undefined) {
      changed.add(relative(plan.call.output, change.target));
    }
  }
  return [...changed].toSorted();
}

const MAX_PROBLEMS = 10;

/** "src/main/java/A.java:12:5: cannot find symbol", which editors open; errors only. */
export function describeProblems(
  problems: readonly CompileProblem[],
  rootDir: string,
): readonly string[] {
  const errors = problems.filter(({ isError }) => isError);
  const lines = errors.slice(0, MAX_PROBLEMS).flatMap(({ path, line, column, message }) => {
    const [first = "", ...more] = message.split("\\n").join("\n").split("\n");
    const where = path === "" ? "" : `${relative(rootDir, path)}:${line}:${column}: `;
    return [`${where}${first}`, ...more.map((text) => `  ${text.trim()}`)];
  });
  const left = errors.length - MAX_PROBLEMS;
  return left > 0 ? [...lines, `… and ${left} more`] : lines;
}
