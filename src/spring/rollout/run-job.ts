import type { StepControl } from "../../steps/step.ts";
import { waitUntil } from "../../steps/wait-until.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import { examinePod } from "./examine-pod.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { findPodFailure } from "./rollout-state.ts";
import type { Rollout } from "./rollouts.ts";
import { undoRollout } from "./undo-rollout.ts";
import type { UpContext } from "../up/up-context.ts";
import type { RolloutContext } from "../up/up-stages.ts";

/** The state of a Job and of the pod that does its work. */
interface JobState {
  readonly job: KubernetesObject | undefined;
  readonly pod: KubernetesObject | undefined;
}

const POLL_MS = 1_000;
/** A state that may pass by itself counts as a failure after this long. */
const PATIENCE_MS = 10_000;
/** For the last lines of a log, after its pod has ended. */
const LOG_END_MS = 5_000;

/** Whether a Job has done its work. */
export function hasSucceeded(job: KubernetesObject | undefined): boolean {
  return conditionOf(job, "Complete") !== undefined;
}

/** Neither done nor failed. */
export function isAtWork(job: KubernetesObject | undefined): boolean {
  return job !== undefined && !hasSucceeded(job) && conditionOf(job, "Failed") === undefined;
}

/**
 * Waits until the application's Job has ended, and tells its log meanwhile. Resolves when it has succeeded, with the
 * seconds that it has worked, as far as Kubernetes knows. Throws
 * `job-failed`; `job-not-ended` after the request's time; `application-not-started` and `application-not-scheduled` when
 * its pod cannot run.
 */
export async function untilJobEnds(
  context: RolloutContext,
  rollout: Rollout,
  { signal, progress }: Pick<StepControl, "signal" | "progress">,
): Promise<number | undefined> {
  const { request, ports } = context;
  const { clock } = ports;
  const following = new AbortController();
  let log: Promise<void> | undefined;
  let trouble: { readonly reason: string; readonly sinceMs: number } | undefined;
  let last: JobState = { job: undefined, pod: undefined };
  const look = async (
    either: AbortSignal,
  ): Promise<{ readonly seconds: number | undefined } | undefined> => {
    last = await readJob(context, either);
    const { job, pod } = last;
    const state = containerOf(pod)?.state;
    if (pod !== undefined && (state?.running ?? state?.terminated) !== undefined) {
      log ??= followLog(context, pod, AbortSignal.any([signal, following.signal]));
    }
    if (hasSucceeded(job)) {
      return { seconds: secondsOf(state?.terminated) };
    }
    const failed = conditionOf(job, "Failed");
    if (failed !== undefined) {
      await logEnd();
      throw await jobFailed(context, last, failed.message ?? failed.reason ?? "it failed");
    }
    const failure = pod === undefined ? undefined : findPodFailure({ pods: [pod] });
    const nowMs = clock.monotonicMs();
    const isWaiting = failure?.kind === "unschedulable";
    rollout.setWaiting(isWaiting);
    if (failure === undefined || failure.kind === "ended") trouble = undefined;
    // Patience begins when nobody is left who could make room.
    else if (isWaiting && rollout.isOtherMoving())
      trouble = { reason: failure.reason, sinceMs: nowMs };
    else if (trouble?.reason !== failure.reason)
      trouble = { reason: failure.reason, sinceMs: nowMs };
    else if (nowMs - trouble.sinceMs >= PATIENCE_MS) {
      const code =
        failure.kind === "unschedulable" ? "application-not-scheduled" : "application-not-started";
      throw await failedPod(context, { pod, code, reason: failure.reason });
    }
    progress(state?.running === undefined ? "starting" : "at work");
    return undefined;
  };
  const logEnd = () => Promise.race([log ?? Promise.resolve(), clock.sleep(LOG_END_MS, signal)]);
  try {
    const { seconds } = await waitUntil(look, {
      ...{ clock, signal, everyMs: POLL_MS, withinMs: request.rolloutTimeoutMs },
      onDeadline: () => notEnded(context, last, trouble?.reason),
    });
    await logEnd();
    return seconds;
  } finally {
    following.abort();
    await log;
  }
}

async function readJob(
  { request, cluster, applied }: RolloutContext,
  signal: AbortSignal,
): Promise<JobState> {
  const name = applied.name;
  const { namespace } = request.application;
  const selection = { kinds: ["Job", "Pod"], namespace, labels: selectorOf(name) } as const;
  const items = await cluster.api.list(selection, { signal });
  const job = items.find(({ kind, metadata }) => kind === "Job" && metadata?.name === name);
  const uid = job?.metadata?.uid;
  const pod = items.find(
    ({ kind, metadata }) =>
      kind === "Pod" && metadata?.ownerReferences?.some((owner) => owner.uid === uid) === true,
  );
  return { job, pod };
}

/** Never fails: a log that breaks off is no reason to give the work up. */
async function followLog(
  { request, cluster, ports }: UpContext,
  pod: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  const name = pod.metadata?.name ?? "";
  const { namespace } = request.application;
  try {
    for await (const line of cluster.api.logs({ name, namespace }, { follow: true, signal })) {
      ports.reporter.report({ type: "application-log", pod: name, line });
    }
  } catch {
    // It is told as far as it could be read.
  }
}

async function jobFailed(
  context: RolloutContext,
  { pod }: JobState,
  told: string,
): Promise<ToolError> {
  const ended = containerOf(pod)?.state?.terminated;
  const seconds = secondsOf(ended);
  const after = seconds === undefined ? "" : ` after ${seconds} s`;
  const reason =
    ended?.reason === "OOMKilled"
      ? `it was killed${after}, because it used more memory than its limit`
      : ended === undefined
        ? told
        : `it ended${after} with exit code ${ended.exitCode ?? "unknown"}`;
  return failedPod(context, { pod, code: "job-failed", reason });
}

async function failedPod(
  context: RolloutContext,
  {
    pod,
    code,
    reason,
  }: {
    readonly pod: KubernetesObject | undefined;
    readonly code: "job-failed" | "application-not-started" | "application-not-scheduled";
    readonly reason: string;
  },
): Promise<ToolError> {
  const { events, log } = await examinePod(context, pod);
  const left = await undoRollout(context, context.applied, { isCancelled: false });
  const name = context.applied.name;
  const { namespace } = context.request.application;
  const podName = pod?.metadata?.name ?? "(none)";
  return new ToolError(code, { name, namespace, pod: podName, events, log, reason, left });
}

async function notEnded(
  context: RolloutContext,
  { pod }: JobState,
  trouble: string | undefined,
): Promise<ToolError> {
  const { events, log } = await examinePod(context, pod);
  const left = await undoRollout(context, context.applied, { isCancelled: false });
  return new ToolError("job-not-ended", {
    ...{ name: context.applied.name, namespace: context.request.application.namespace },
    ...{ pod: pod?.metadata?.name ?? "(none)", events, log, left },
    waited: formatDuration(context.request.rolloutTimeoutMs),
    reason: trouble,
  });
}

function containerOf(pod: KubernetesObject | undefined) {
  const statuses = pod?.status?.containerStatuses ?? [];
  return statuses.find(({ name }) => name === "application") ?? statuses[0];
}

function conditionOf(job: KubernetesObject | undefined, type: "Complete" | "Failed") {
  return job?.status?.conditions?.find(
    (condition) => condition.type === type && condition.status === "True",
  );
}

function secondsOf(
  ended: { readonly startedAt?: string; readonly finishedAt?: string } | undefined,
): number | undefined {
  const seconds = Math.round(
    (Date.parse(ended?.finishedAt ?? "") - Date.parse(ended?.startedAt ?? "")) / 1000,
  );
  return Number.isNaN(seconds) ? undefined : seconds;
}
