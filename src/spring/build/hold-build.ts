import type { Flow } from "../../steps/flow.ts";
import { BuildLocks, type BuildLock } from "./build-locks.ts";
import type { UpContext } from "../up/up-context.ts";

/** What is printed while another command builds the project; `dev` passes lines of this source on, too. */
export const BUILD_SOURCE = "build";

/** Keeps other commands from building in the folder until `releaseBuild`: what a build leaves has to be read first. */
export async function holdBuild(
  context: UpContext,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  context.underWay.buildLock ??= await lockBuild(context, folder, signal);
}

/** Also when nothing is held. */
export async function releaseBuild({ underWay }: Pick<UpContext, "underWay">): Promise<void> {
  await underWay.buildLock?.release();
  delete underWay.buildLock;
}

/** Runs steps that may build, and lets nobody wait when one fails before what was built has been read. */
export async function runBuildingSteps(
  flow: Flow<UpContext>,
  context: UpContext,
  signal: AbortSignal,
): Promise<void> {
  const { reporter, clock } = context.ports;
  try {
    await flow.run(context, { reporter, clock, signal });
  } finally {
    await releaseBuild(context);
  }
}

/** Does other work in the folder while no other command builds there; it may let them build before its end. */
export async function whileHoldingBuild<Result>(
  context: UpContext,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
  work: (release: BuildLock["release"]) => Promise<Result>,
): Promise<Result> {
  const lock = await lockBuild(context, folder, signal);
  try {
    return await work(lock.release);
  } finally {
    await lock.release();
  }
}

async function lockBuild(
  { ports, buildLocks = new BuildLocks(ports) }: UpContext,
  folder: string,
  signal: AbortSignal,
): Promise<BuildLock> {
  const onWait = () =>
    ports.reporter.report({
      type: "output",
      source: BUILD_SOURCE,
      line: "Waiting for another airfield that builds this project.",
    });
  return buildLocks.hold(folder, { signal, onWait });
}
