import { defineSteps } from "../steps/define-steps.ts";
import { applyingSteps } from "../steps/run-steps.ts";
import type { SpringCluster } from "./cluster-access.ts";
import { runBuildingSteps } from "./hold-build.ts";
import { applyManifests } from "./steps/apply-manifests.ts";
import { askApplication } from "./steps/ask-application.ts";
import { buildImage } from "./steps/build-image.ts";
import { buildProject } from "./steps/build-project.ts";
import { checkPort } from "./steps/check-port.ts";
import { checkTools } from "./steps/check-tools.ts";
import { ensureCluster } from "./steps/ensure-cluster.ts";
import { findProject } from "./steps/find-project.ts";
import { loadBaseImage } from "./steps/load-base-image.ts";
import { loadImage } from "./steps/load-image.ts";
import { planImage } from "./steps/plan-image.ts";
import { publish } from "./steps/publish.ts";
import { readEnvironment } from "./steps/read-environment.ts";
import { shareImage } from "./steps/share-image.ts";
import { waitForPrerequisites } from "./steps/wait-for-prerequisites.ts";
import { waitForRollout } from "./steps/wait-for-rollout.ts";
import { undoRollout } from "./undo-rollout.ts";
import {
  known,
  type ApplicationAnswer,
  type Together,
  type UpContext,
  type UpPorts,
  type UpRequest,
} from "./up-context.ts";

export type { ApplicationAnswer, UpPorts, UpRequest } from "./up-context.ts";

/** An application that runs. */
export interface UpResult {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  /** Undefined when the application listens on no port. */
  readonly url?: string;
  /** Command that makes it reachable, on a cluster that is not Airfield's. */
  readonly access?: string;
  /** Of an application that runs as a job, which has ended with exit code 0; 0 where the time is not known. */
  readonly jobSeconds?: number;
  /** What it answered at the URL that was asked. */
  readonly answer?: ApplicationAnswer;
  /** False: the cluster ran exactly this already, nothing was built or restarted. */
  readonly changed: boolean;
  readonly built: boolean;
  readonly clusterCreated: boolean;
  readonly ms: number;
}

/** From a folder to an application that answers. The cluster is made beside the build. */
export const upSteps = defineSteps<UpContext>([
  findProject,
  checkPort,
  planImage,
  checkTools,
  ensureCluster,
  loadBaseImage,
  buildProject,
  buildImage,
  loadImage,
  readEnvironment,
  waitForPrerequisites,
  applyManifests,
  waitForRollout,
  publish,
  askApplication,
]);

/**
 * Brings an application up: builds it, brings its image to the nodes, rolls it out, publishes a port and asks it.
 * What is there already is not done again. When the roll-out fails or is cancelled, a version that
 * served before keeps serving.
 */
export async function up(
  request: UpRequest,
  {
    cluster,
    ports,
    signal,
    together,
  }: {
    readonly cluster: SpringCluster;
    readonly ports: UpPorts;
    readonly signal: AbortSignal;
    readonly together?: Together;
  },
): Promise<UpResult> {
  const context = {
    ...{ request, cluster, ports, found: {} },
    ...(together === undefined ? {} : { together, buildLocks: together.buildLocks }),
  };
  return bringUp(context, signal);
}

/** The same, for a caller who goes on with what the steps have found. */
export async function bringUp(context: UpContext, signal: AbortSignal): Promise<UpResult> {
  const { request, ports } = context;
  const { reporter, clock } = ports;
  const startedMs = clock.monotonicMs();
  const { toEngine, pushTo } = request.application.build;
  const steps = toEngine || pushTo !== undefined ? [...upSteps, shareImage] : upSteps;
  reporter.report({
    type: "run-started",
    title: `Bringing up ${request.application.name ?? request.application.path}`,
    steps: applyingSteps(steps, context).length,
  });
  try {
    await runBuildingSteps(steps, context, signal);
  } catch (error) {
    // A failed roll-out has undone itself; this is one that was cut short.
    if (context.found.isRollingOut === true) await undoRollout(context, { isCancelled: true });
    throw error;
  }
  const ms = Math.round(clock.monotonicMs() - startedMs);
  const result = toResult(context, ms);
  reporter.report({ type: "run-finished", summary: summaryOf(result), ms });
  return result;
}

function toResult({ request, found }: UpContext, ms: number): UpResult {
  const isJob = request.application.run === "job";
  return {
    name: known(found, "name"),
    namespace: request.application.namespace,
    image: known(found, "image"),
    replicas: found.replicas ?? 1,
    ...(isJob ? { jobSeconds: found.jobSeconds ?? 0 } : {}),
    ...(found.url === undefined ? {} : { url: found.url }),
    ...(found.access === undefined ? {} : { access: found.access }),
    ...(found.answer === undefined ? {} : { answer: found.answer }),
    changed: found.isUnchanged !== true,
    built: found.build !== undefined,
    clusterCreated: found.clusterCreated === true,
    ms,
  };
}

function summaryOf(result: UpResult): string {
  const { name, url, answer, changed, built, jobSeconds } = result;
  if (jobSeconds !== undefined) {
    return changed
      ? `${name} has done its work: it ended with exit code 0${jobSeconds === 0 ? "" : ` after ${jobSeconds} s`}.`
      : `${name} has done its work already, and nothing has changed. airfield up --rebuild runs it again.`;
  }
  const unchanged = built ? "was built again with the same result" : "nothing was built";
  const state = changed ? "is up" : `is unchanged: ${unchanged}, nothing was restarted`;
  const said = answer === undefined ? "" : `; ${answer.url} answered ${answer.status}`;
  return `${name} ${state}${url === undefined ? "" : said}.`;
}
