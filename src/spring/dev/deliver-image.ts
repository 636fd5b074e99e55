import { Flow, Skipped } from "../../steps/flow.ts";
import { findArchive } from "../project/find-archive.ts";
import { holdBuild } from "../build/hold-build.ts";
import { openBootArchive } from "../image/boot-archive.ts";
import { isPlainJar } from "../image/plan-content.ts";
import { applyManifests } from "../up/steps/apply-manifests.ts";
import { buildImage } from "../up/steps/build-image.ts";
import { buildProject } from "../up/steps/build-project.ts";
import { checkTools } from "../up/steps/check-tools.ts";
import { findProject } from "../up/steps/find-project.ts";
import { loadImage } from "../up/steps/load-image.ts";
import { planImage } from "../up/steps/plan-image.ts";
import { readEnvironment } from "../up/steps/read-environment.ts";
import { waitForRollout } from "../up/steps/wait-for-rollout.ts";
import { undoRollout } from "../rollout/undo-rollout.ts";
import type { UpContext } from "../up/up-context.ts";
import type {
  ApplicationPlan,
  Built,
  Checked,
  Imaged,
  Sources,
  Tools,
  UpTask,
} from "../up/up-stages.ts";
import { readClasses } from "./read-classes.ts";
import { runPhases, type Phase } from "./run-phases.ts";

/** What a new image is made of. */
interface Making {
  /** What the programs said of themselves a minute ago. */
  readonly tools: Tools;
  /** That are delivered, read before they are compiled; undefined: they are read. */
  readonly sources?: Sources | undefined;
  /** The folder of classes, up to date; undefined: the build tool makes the archive. */
  readonly classes?: string | undefined;
}

/**
 * A new image whose only new layer is the application's classes, rolled out without a gap: the old pod serves until
 * the new one is ready.
 */
export async function deliverImage(
  context: UpContext,
  making: Making,
  signal: AbortSignal,
): Promise<{ readonly phases: readonly Phase[]; readonly made: Imaged }> {
  const flow = new Flow<UpContext>();
  const { imaged, loaded } = addMaking(flow, making);
  const asked = flow.add(readEnvironment, imaged);
  flow.add(waitForRollout, flow.add(applyManifests, asked, loaded));
  try {
    const phases = await runPhases(flow, withoutRebuild(context), signal);
    const { value: made } = imaged;
    return { made, phases: making.classes === undefined ? phases : withoutBuild(phases) };
  } catch (error) {
    // A failed roll-out has undone itself; this is one that was cut short.
    const { rollout } = context.underWay;
    if (rollout !== undefined) await undoRollout(context, rollout, { isCancelled: true });
    throw error;
  }
}

/** An image of the classes as they happen to be, brought to the nodes for its other layers; nothing is rolled out. */
export async function bringLayers(
  context: UpContext,
  { tools, classes }: { readonly tools: Tools; readonly classes: string },
  signal: AbortSignal,
): Promise<Imaged> {
  const flow = new Flow<UpContext>();
  const sources = { fingerprint: "of no sources: never to be found again" };
  const { imaged } = addMaking(flow, { tools, sources, classes });
  await runPhases(flow, withoutRebuild(context), signal);
  return imaged.value;
}

function addMaking(flow: Flow<UpContext>, { tools, sources, classes }: Making) {
  const planned = flow.add(planImage, flow.add(findProject, flow.with({ sources })));
  const checked = flow.add(toolsAreKnown(tools), planned);
  const built = flow.add(classes === undefined ? buildProject : takeClasses(classes), checked);
  const imaged = flow.add(buildImage, built);
  return { imaged, loaded: flow.add(loadImage, imaged) };
}

/** What a config asks to be built anew was built so at the start. */
function withoutRebuild({ request, ...context }: UpContext): UpContext {
  return { ...context, request: { ...request, rebuild: false } };
}

/** Asking each program for its version takes half a second, and they are the same as a minute ago. */
function toolsAreKnown(tools: Tools): UpTask<ApplicationPlan, Checked> {
  return {
    ...checkTools,
    run: (_, plan) =>
      Promise.resolve(new Skipped("they are known", { ...plan, maven: tools.maven })),
  };
}

/** Reading the classes is part of making the image. */
function withoutBuild(phases: readonly Phase[]): readonly Phase[] {
  const reading = phases.find(({ name }) => name === "build")?.ms ?? 0;
  return phases
    .filter(({ name }) => name !== "build")
    .map((phase) => (phase.name === "image" ? { ...phase, ms: phase.ms + reading } : phase));
}

/** In the place of `build-project`: the archive of the last build, and newer classes than its own. */
function takeClasses(output: string): UpTask<Checked, Built> {
  return {
    ...buildProject,
    title: () => "Reading the classes",
    async run(context, checked, control) {
      const { files } = context.ports;
      const { build } = checked;
      if (build === undefined) return buildProject.run(context, checked, control);
      await holdBuild(context, build.cwd, control.signal);
      // Others make the image from what the build leaves, or are the build.
      if (checked.imageBuilder !== "assemble") return buildProject.run(context, checked, control);
      const archive = await findArchive(build, files);
      const opened = await openBootArchive(archive.path, files);
      if (opened === undefined || !isPlainJar(opened)) {
        return buildProject.run(context, checked, control);
      }
      return { ...checked, archive, classes: await readClasses(output, files) };
    },
  };
}
