import type { StepControl } from "../../../steps/step.ts";
import { withDeadline } from "../../../steps/wait-until.ts";
import { isToolError, ToolError } from "../../../errors/tool-error.ts";
import { isRolledOut } from "../../../kubernetes/is-rolled-out.ts";
import { formatDuration } from "../../../progress/format-duration.ts";
import { killedWarning, wasKilled } from "../../rollout/killed-pods.ts";
import { examinePod, type PodFindings } from "../../rollout/examine-pod.ts";
import { untilOldPodsAreUnasked } from "../../rollout/old-pods.ts";
import { readApplication } from "../../rollout/read-application.ts";
import { groupOf } from "../../../kubernetes/resources.ts";
import type { KubernetesObject, ObjectRef } from "../../../ports/cluster-api.ts";
import {
  describeRollout,
  findPodFailure,
  isServing,
  type ApplicationObjects,
  type PodFailure,
} from "../../rollout/rollout-state.ts";
import { untilJobEnds } from "../../rollout/run-job.ts";
import { Rollouts, type Rollout } from "../../rollout/rollouts.ts";
import { undoRollout } from "../../rollout/undo-rollout.ts";
import { addedBy, isWorkload } from "../../objects/user-kustomization.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { Applied, RolledOut, RolloutContext, UpTask } from "../up-stages.ts";

/** For failures and for people; the end of the roll-out is told by a watch, which costs less than looking often. */
const POLL_MS = 2_000;
/** A state that may pass by itself counts as a failure after this long. */
const PATIENCE_MS = 10_000;
/** So long may the API server be silent before a roll-out is given up. */
const UNANSWERED_MS = 30_000;
/**
 * Without probes a pod counts as ready as soon as its JVM runs, and on a slow machine that of a program which ends by
 * itself lives longer than `minReadySeconds`. Its start line is waited for, so long at most; not all log one.
 */
const START_LINE_MS = 30_000;
/** Between looks into a pod that runs and is not ready: each is a program or two on the node. */
const EXAMINE_MS = 6_000;

/** Until all pods run the new version; ends early when one of them cannot come up. */
export const waitForRollout: UpTask<Applied, RolledOut> = {
  id: "wait-for-rollout",
  phase: "ready",
  title: ({ request }, { name }) =>
    `${request.application.run === "job" ? "Running" : "Rolling out"} ${name}`,
  async run(given, applied, { signal, progress }) {
    const { together, request, underWay } = given;
    const isJob = request.application.run === "job";
    const { deployment } = applied.before;
    if (applied.isUnchanged) {
      const replicas = deployment?.spec?.replicas ?? 1;
      const reason = isJob ? "it has done its work already" : "it runs already";
      return new Skipped(reason, { ...applied, replicas, jobSeconds: undefined });
    }
    const context = { ...given, applied };
    const rollout = (together?.rollouts ?? new Rollouts()).begin();
    const ended = { replicas: 1, jobSeconds: undefined as number | undefined };
    try {
      if (isJob) ended.jobSeconds = await untilJobEnds(context, rollout, { signal, progress });
      else ended.replicas = await untilServing(context, rollout, { signal, progress });
    } finally {
      rollout.end();
    }
    delete underWay.rollout;
    if (!isJob && isServing(deployment)) await untilOldPodsAreUnasked(given, applied.name, signal);
    await removeLeftovers(context, signal);
    return { ...applied, ...ended };
  },
};

/** Resolves with the number of pods. */
async function untilServing(
  context: RolloutContext,
  rollout: Rollout,
  { signal, progress }: Pick<StepControl, "signal" | "progress">,
): Promise<number> {
  const watching = new AbortController();
  const rolledOut = watchRollout(context, AbortSignal.any([signal, watching.signal]));
  try {
    return await untilRolledOut(context, { rolledOut, rollout }, { signal, progress });
  } finally {
    watching.abort();
  }
}

/** Resolves when the end of the roll-out was seen; never when that cannot be watched. */
async function watchRollout(
  { request, cluster, applied }: RolloutContext,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = request.application;
  try {
    await cluster.api.untilRolledOut({ name: applied.name, namespace }, { signal });
  } catch {
    // Who looks now and then hears what is wrong.
    await new Promise(() => undefined);
  }
}

async function untilRolledOut(
  context: RolloutContext,
  { rolledOut, rollout }: { readonly rolledOut: Promise<void>; readonly rollout: Rollout },
  { signal, progress }: Pick<StepControl, "signal" | "progress">,
): Promise<number> {
  const { request, ports } = context;
  const { clock } = ports;
  const examine = examiner(context);
  let unansweredSinceMs: number | undefined;
  let trouble: { readonly failure: PodFailure; readonly sinceMs: number } | undefined;
  let last: ApplicationObjects = { pods: [] };
  const hasStarted = startTeller(context);
  const warnOfKilled = killedTeller(context);
  return withDeadline(
    async (either) => {
      const aWhile = () => Promise.race([clock.sleep(POLL_MS, either), rolledOut]);
      // Applied a moment ago: a look costs the processor time that the new pod's start wants.
      if (context.underWay.rollout !== undefined) await aWhile();
      for (;;) {
        const objects = await look(either);
        if (objects !== undefined) {
          last = objects;
          warnOfKilled(objects);
          if (isRolledOut(objects.deployment)) {
            if (!(await hasStarted(objects))) {
              progress("it runs, and has not said yet that it has started");
              await clock.sleep(POLL_MS, either);
              continue;
            }
            return objects.deployment?.spec?.replicas ?? 1;
          }
          await judge(objects);
          progress(
            trouble?.failure.kind === "unschedulable" && rollout.isOtherMoving()
              ? "waits for room on a node, which the roll-outs beside it may leave"
              : describeRollout(objects),
          );
        }
        await aWhile();
      }
    },
    {
      ...{ clock, signal, withinMs: request.rolloutTimeoutMs },
      onDeadline: () =>
        trouble === undefined
          ? neverReady(context, last)
          : rolloutFailure(context, last, trouble.failure),
    },
  );

  async function judge(objects: ApplicationObjects): Promise<void> {
    const nowMs = clock.monotonicMs();
    const failure = findPodFailure(objects);
    if (failure === undefined) trouble = undefined;
    else if (trouble?.failure.reason !== failure.reason) trouble = { failure, sinceMs: nowMs };
    const isWaiting = failure?.kind === "unschedulable";
    rollout.setWaiting(isWaiting);
    // Patience begins when nobody is left who could make room.
    if (isWaiting && rollout.isOtherMoving()) trouble = { failure, sinceMs: nowMs };
    const hasLasted = trouble !== undefined && nowMs - trouble.sinceMs >= PATIENCE_MS;
    if (failure !== undefined && (!failure.mayPass || hasLasted)) {
      throw await rolloutFailure(context, objects, failure);
    }
    const hopeless = failure === undefined ? await examine(objects) : undefined;
    if (hopeless !== undefined) throw hopeless;
  }

  /** Undefined: the API server did not answer, as it may on a machine that has much to do; asked again for a while. */
  async function look(either: AbortSignal): Promise<ApplicationObjects | undefined> {
    try {
      const objects = await readApplication(context, context.applied.name, either);
      unansweredSinceMs = undefined;
      return objects;
    } catch (error) {
      const nowMs = clock.monotonicMs();
      unansweredSinceMs ??= nowMs;
      const hasLasted = nowMs - unansweredSinceMs >= UNANSWERED_MS;
      if (!isToolError(error, "cluster-request-failed") || hasLasted) throw error;
      return undefined;
    }
  }
}

/**
 * Looks now and then at a pod that runs and is not ready. Resolves with the failure once it has started, its probes
 * cannot succeed, and that was so at the look before, too; so nobody waits for the end of the time.
 */
function examiner(
  context: RolloutContext,
): (objects: ApplicationObjects) => Promise<ToolError | undefined> {
  const { clock } = context.ports;
  let running: { readonly pod: string; lookedMs: number; reason?: string | undefined } | undefined;
  return async (objects) => {
    const pod = unreadyPod(objects);
    const name = pod?.metadata?.name;
    const isRunning = pod?.status?.containerStatuses?.some(({ state }) => state?.running);
    if (name === undefined || isRunning !== true) return undefined;
    if (running?.pod !== name) running = { pod: name, lookedMs: clock.monotonicMs() };
    if (clock.monotonicMs() - running.lookedMs < EXAMINE_MS) return undefined;
    const findings = await examinePod(context, pod);
    const reason = findings.hasStarted ? findings.diagnosis?.reason : undefined;
    const isSame = reason !== undefined && reason === running.reason;
    running = { pod: name, lookedMs: clock.monotonicMs(), reason };
    return isSame ? unready(context, { pod: name, findings }) : undefined;
  };
}

/** Whether an application that no probe asks has said that it has started, and has gone on for a while. */
function startTeller(context: RolloutContext): (objects: ApplicationObjects) => Promise<boolean> {
  const { request, ports, applied } = context;
  const isProbed = applied.facts.web !== "none";
  let rolledOutMs: number | undefined;
  let hasSaidSo = false;
  return async ({ pods: [pod] }) => {
    if (isProbed || request.waitsForStart === true || hasSaidSo) return true;
    const nowMs = ports.clock.monotonicMs();
    rolledOutMs ??= nowMs;
    if (nowMs - rolledOutMs >= Math.min(START_LINE_MS, request.rolloutTimeoutMs / 3)) return true;
    // One more look after it: what ends by itself does so now.
    hasSaidSo = (await examinePod(context, pod)).hasStarted;
    return false;
  };
}

/** Only what can be seen in passing, once: nobody waits for the end of old pods, which may take its time. */
function killedTeller({ ports, applied }: RolloutContext): (objects: ApplicationObjects) => void {
  let hasTold = false;
  return ({ ending = [] }) => {
    const killed = ending.find((pod) => wasKilled(pod, ports.clock.nowIso()));
    if (killed === undefined || hasTold) return;
    hasTold = true;
    const graceSeconds = killed.metadata?.deletionGracePeriodSeconds ?? 0;
    ports.reporter.report(killedWarning(applied.name, graceSeconds));
  };
}

/** What the version before had and this one has not (a ConfigMap, a Role); till now its pods may have needed it. */
async function removeLeftovers(
  { request, cluster, applied }: RolloutContext,
  signal: AbortSignal,
): Promise<void> {
  const { before, manifests: planned } = applied;
  const { namespace } = request.application;
  const leftovers = before.all.flatMap(({ apiVersion = "", kind = "", metadata }) =>
    planned.some((manifest) => manifest.kind === kind && manifest.metadata.name === metadata?.name)
      ? []
      : [{ kind, group: groupOf(apiVersion), name: metadata?.name ?? "", namespace }],
  );
  const added = addedBy(planned.find(isWorkload));
  const gone = addedBy(before.deployment ?? before.job).filter(
    (old) => !added.some((each) => isSameObject(each, old)),
  );
  const all = [...leftovers, ...gone.map((each) => ({ namespace, ...each }))];
  if (all.length > 0) await cluster.api.remove(all, { signal });
}

function isSameObject(a: ObjectRef, b: ObjectRef): boolean {
  return a.kind === b.kind && a.group === b.group && a.name === b.name;
}

async function rolloutFailure(
  context: RolloutContext,
  { pods }: ApplicationObjects,
  { pod: name, kind, reason }: PodFailure,
): Promise<ToolError> {
  const pod = pods.find(({ metadata }) => metadata?.name === name);
  const hasCrashed = kind === "crashed" || kind === "ended";
  const { events, log } = await examinePod(context, pod, { hasCrashed });
  // First the facts, then the undoing: it takes the pod and its log away.
  const left = await undoRollout(context, context.applied, { isCancelled: false });
  const codes = {
    crashed: "application-crashed",
    ended: "application-ended",
    "not-started": "application-not-started",
    unschedulable: "application-not-scheduled",
  } as const;
  return new ToolError(codes[kind], { ...placeOf(context), pod: name, events, log, reason, left });
}

async function neverReady(
  context: RolloutContext,
  objects: ApplicationObjects,
): Promise<ToolError> {
  const pod = unreadyPod(objects) ?? objects.pods[0];
  const findings = await examinePod(context, pod);
  return unready(context, { pod: pod?.metadata?.name ?? "(none)", findings });
}

async function unready(
  context: RolloutContext,
  { pod, findings }: { readonly pod: string; readonly findings: PodFindings },
): Promise<ToolError> {
  const { diagnosis, events, log, hasStarted, listeners } = findings;
  const left = await undoRollout(context, context.applied, { isCancelled: false });
  const told = { ...placeOf(context), pod, events, log, left };
  // Before that, a server of its may still be to come: the management server's is the last one.
  if (diagnosis !== undefined && hasStarted) {
    return new ToolError("application-probes-fail", { ...told, ...diagnosis });
  }
  const waited = formatDuration(context.request.rolloutTimeoutMs);
  const soFar = listeners?.length === 0 ? "it listens on no port yet" : diagnosis?.reason;
  return new ToolError("application-never-ready", { ...told, waited, soFar, hasStarted });
}

function unreadyPod({ pods }: ApplicationObjects): KubernetesObject | undefined {
  return pods.find(({ status }) => !status?.containerStatuses?.every(({ ready }) => ready));
}

function placeOf({ request, applied }: RolloutContext) {
  return { name: applied.name, namespace: request.application.namespace };
}
