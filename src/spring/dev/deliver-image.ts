import { findArchive } from "../find-archive.ts";
import { holdBuild } from "../hold-build.ts";
import { openBootArchive } from "../image/boot-archive.ts";
import { isPlainJar } from "../image/plan-content.ts";
import { applyManifests } from "../steps/apply-manifests.ts";
import { buildImage } from "../steps/build-image.ts";
import { buildProject } from "../steps/build-project.ts";
import { checkTools } from "../steps/check-tools.ts";
import { findProject } from "../steps/find-project.ts";
import { loadImage } from "../steps/load-image.ts";
import { planImage } from "../steps/plan-image.ts";
import { readEnvironment } from "../steps/read-environment.ts";
import { waitForRollout } from "../steps/wait-for-rollout.ts";
import { undoRollout } from "../undo-rollout.ts";
import type { UpContext, UpStep } from "../up-context.ts";
import type { ProjectState } from "./read-state.ts";
import { readClasses } from "./read-classes.ts";
import { runPhases, type Phase } from "./run-phases.ts";

/**
 * A new image whose only new layer is the application's classes, rolled out without a gap: the old pod serves until
 * the new one is ready.
 * @param classes the folder of classes, up to date; undefined: the build tool makes the archive
 */
export async function deliverImage(
  context: UpContext,
  classes: string | undefined,
  signal: AbortSignal,
): Promise<readonly Phase[]> {
  const steps = [...makingSteps(classes), readEnvironment, applyManifests, waitForRollout];
  try {
    const phases = await runPhases(steps, context, signal);
    return classes === undefined ? phases : withoutBuild(phases);
  } catch (error) {
    // A failed roll-out has undone itself; this is one that was cut short.
    if (context.found.isRollingOut === true) await undoRollout(context, { isCancelled: true });
    throw error;
  }
}

/** An image of the classes as they happen to be, brought to the nodes for its other layers; nothing is rolled out. */
export async function bringLayers(
  context: UpContext,
  classes: string,
  signal: AbortSignal,
): Promise<void> {
  context.found.sourceFingerprint = "of no sources: never to be found again";
  await runPhases(makingSteps(classes), context, signal);
}

function makingSteps(classes: string | undefined): readonly UpStep[] {
  return [
    ...[findProject, planImage],
    toolsAreKnown,
    classes === undefined ? buildProject : takeClasses(classes),
    ...[buildImage, loadImage],
  ];
}

/** Asking each program for its version takes half a second, and they are the same as a minute ago. */
const toolsAreKnown: UpStep = {
  ...checkTools,
  run: () => Promise.resolve({ skipped: "they are known" }),
};

/** Reading the classes is part of making the image. */
function withoutBuild(phases: readonly Phase[]): readonly Phase[] {
  const reading = phases.find(({ name }) => name === "build")?.ms ?? 0;
  return phases
    .filter(({ name }) => name !== "build")
    .map((phase) => (phase.name === "image" ? { ...phase, ms: phase.ms + reading } : phase));
}

/** In the place of `build-project`: the archive of the last build, and newer classes than its own. */
function takeClasses(output: string): UpStep {
  return {
    ...buildProject,
    title: () => "Reading the classes",
    async run(context, control) {
      const { ports, found } = context;
      const { build } = found;
      if (build === undefined) return { skipped: "unchanged since it was built" };
      await holdBuild(context, build.cwd, control.signal);
      // Others make the image from what the build leaves, or are the build.
      if (found.imageBuilder !== "assemble") return buildProject.run(context, control);
      const archive = await findArchive(build, ports.files);
      const opened = await openBootArchive(archive.path, ports.files);
      if (opened === undefined || !isPlainJar(opened)) return buildProject.run(context, control);
      found.archive = archive;
      found.classes = await readClasses(output, ports.files);
      return undefined;
    },
  };
}

/**
 * A context for the next change: what does not change from save to save is kept.
 * @param sources that are delivered, read before they are compiled
 */
export function nextContext(
  { request, found, ...context }: UpContext,
  sources?: Pick<ProjectState, "sources" | "sourceHashes">,
): UpContext {
  const { name, project, maven, url, nodePort } = found;
  return {
    ...context,
    request: { ...request, rebuild: false },
    found: {
      ...(name === undefined ? {} : { name }),
      ...(project === undefined ? {} : { project }),
      ...(maven === undefined ? {} : { maven }),
      ...(url === undefined ? {} : { url }),
      ...(nodePort === undefined ? {} : { nodePort }),
      ...(sources === undefined ? {} : { sourceFingerprint: sources.sources }),
      ...(sources?.sourceHashes === undefined ? {} : { sourceHashes: sources.sourceHashes }),
    },
  };
}
