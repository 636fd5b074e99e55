import { relative } from "node:path";
import { catalog, type ErrorCode } from "../../errors/catalog.ts";
import type { CatalogEntry } from "../../errors/catalog-entry.ts";
import type { ImageBuilder } from "../plan/choose-builder.ts";
import type { Change, CompilePlan } from "./plan-compile.ts";
import { isSameState, type ProjectState } from "./read-state.ts";

/** What a save asks for. */
export type Action =
  | "nothing"
  /** All that the first `up` did, and asking the build again how it compiles. */
  | "all-anew"
  /** The build tool compiles; a new image is rolled out. */
  | "build-tool"
  /** javac compiles in memory; a new image is rolled out. */
  | "compile-and-image"
  /** javac compiles in memory; what changed goes into the running pod. */
  | "compile-and-pod";

/** What is known from the saves before. */
export interface LoopState {
  readonly rootDir: string;
  /** Undefined: the application did not come up, or how its build compiles could not be found out. */
  readonly compilesWith: CompilePlan["with"] | undefined;
  readonly isLive: boolean;
  readonly builder: ImageBuilder;
  /** Whether the last delivery failed. */
  readonly hasFailed: boolean;
  /** The project when it was last delivered, or when that was tried. */
  readonly project: ProjectState | undefined;
}

/** A save, and what is left of those before it. */
export interface Save {
  /** What was written just now. */
  readonly saved: readonly Change[];
  /** The same, and what is not delivered yet because it failed. */
  readonly changes: readonly Change[];
  readonly project: ProjectState;
  /** Whether javac and copying are not enough for `changes`. */
  readonly needsBuildTool: boolean;
}

export function planNext(state: LoopState, save: Save): Action {
  if (!hasChanged(state, save)) return "nothing";
  const { compilesWith, isLive } = state;
  const { changes, needsBuildTool } = save;
  if (compilesWith === undefined || changes.some(({ kind }) => kind === "build-file")) {
    return "all-anew";
  }
  // An image takes the place of the pod that was filled, so that has to be chosen anew, too.
  if (needsBuildTool) return isLive ? "all-anew" : "build-tool";
  if (compilesWith === "build-tool") return "build-tool";
  return isLive ? "compile-and-pod" : "compile-and-image";
}

/** Not so: a save without an edit, a file that was touched, an edit that was taken back. */
function hasChanged(state: LoopState, { saved, project: now }: Save): boolean {
  // What failed is not tried again because something else was written.
  if (saved.length === 0) return false;
  const { hasFailed, builder, project: before } = state;
  if (hasFailed && saved.some((change) => isSource(change, state))) return true;
  // Then the build reads none of them; the pods may read some beside the archive.
  const isBeside = builder === "assemble" && saved.every(({ kind }) => kind === "beside");
  const expected = isBeside && before !== undefined ? { ...before, sources: now.sources } : before;
  return !isSameState(expected, now);
}

/** What a user saves again to have it tried again. */
function isSource({ kind, path }: Change, { rootDir }: Pick<LoopState, "rootDir">): boolean {
  return kind === "other" ? relative(rootDir, path).split("/").includes("src") : kind !== "beside";
}

/**
 * Whether `dev` tells a failure and waits for the next save. All else (no engine, no cluster, no JDK) ends it.
 * @param hasStarted the first `up` is over
 */
export function waitsForEdit(code: ErrorCode, { hasStarted }: { hasStarted: boolean }): boolean {
  const { mayBeMendedBy } = catalog[code] as Pick<CatalogEntry<object>, "mayBeMendedBy">;
  return mayBeMendedBy === "edit" || (mayBeMendedBy === "edit-taken-back" && hasStarted);
}
