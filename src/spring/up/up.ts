import { Flow } from "../../steps/flow.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { runBuildingSteps } from "../build/hold-build.ts";
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
import { undoRollout } from "../rollout/undo-rollout.ts";
import type { ApplicationAnswer, Together, UpContext, UpPorts, UpRequest } from "./up-context.ts";
import type { Answered } from "./up-stages.ts";

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
function planFlow({ request, together }: UpContext) {
  const { application } = request;
  const flow = new Flow<UpContext>();
  const looked = flow.add(findProject, flow.with({}));
  const isPortFree =
    application.hostPort === 0 ? flow.with(undefined) : flow.add(checkPort, looked);
  // Images may have to be fetched, or made, for it.
  const planned = flow.add(planImage, looked, isPortFree);
  const checked = flow.add(checkTools, planned);
  const cluster = flow.add(ensureCluster, checked);
  const base = flow.add(loadBaseImage, checked, cluster);
  const built = flow.add(buildProject, checked);
  const imaged = flow.add(buildImage, built);
  const loaded = flow.add(loadImage, imaged, base);
  const asked = flow.add(readEnvironment, imaged);
  const hasPrerequisites = together !== undefined && application.dependsOn.length > 0;
  const ready = hasPrerequisites
    ? flow.add(waitForPrerequisites, flow.with(together), loaded)
    : loaded;
  const applied = flow.add(applyManifests, asked, loaded, ready);
  const rolledOut = flow.add(waitForRollout, applied);
  const published = flow.add(publish, rolledOut);
  const answered = flow.add(askApplication, published);
  const { toEngine, pushTo } = application.build;
  if (toEngine || pushTo !== undefined) flow.add(shareImage, answered);
  return { flow, cluster, answered };
}

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
    ...{ request, cluster, ports, underWay: {} },
    ...(together === undefined ? {} : { together, buildLocks: together.buildLocks }),
  };
  return (await bringUp(context, signal)).result;
}

/** The same, for a caller who goes on with what was found. */
export async function bringUp(
  context: UpContext,
  signal: AbortSignal,
): Promise<{ readonly result: UpResult; readonly found: Answered }> {
  const { request, ports, underWay } = context;
  const { reporter, clock } = ports;
  const startedMs = clock.monotonicMs();
  const { flow, cluster, answered } = planFlow(context);
  reporter.report({
    type: "run-started",
    title: `Bringing up ${request.application.name ?? request.application.path}`,
    steps: flow.size,
  });
  try {
    await runBuildingSteps(flow, context, signal);
  } catch (error) {
    // A failed roll-out has undone itself; this is one that was cut short.
    const { rollout } = underWay;
    if (rollout !== undefined) await undoRollout(context, rollout, { isCancelled: true });
    throw error;
  }
  const ms = Math.round(clock.monotonicMs() - startedMs);
  const found = answered.value;
  const result = { ...toResult(request, found), clusterCreated: cluster.value.created, ms };
  reporter.report({ type: "run-finished", summary: summaryOf(result), ms });
  return { result, found };
}

function toResult(
  { application }: UpRequest,
  found: Answered,
): Omit<UpResult, "clusterCreated" | "ms"> {
  const { name, image, replicas, jobSeconds, url, access, answer, isUnchanged, build } = found;
  return {
    ...{ name, namespace: application.namespace, image, replicas },
    ...(application.run === "job" ? { jobSeconds: jobSeconds ?? 0 } : {}),
    ...(url === undefined ? {} : { url }),
    ...(access === undefined ? {} : { access }),
    ...(answer === undefined ? {} : { answer }),
    changed: !isUnchanged,
    built: build !== undefined,
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
