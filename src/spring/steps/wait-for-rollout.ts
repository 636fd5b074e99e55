import type { StepControl } from "../../steps/step.ts";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import { killedWarning, wasKilled } from "../killed-pods.ts";
import { kubectl } from "../kubectl.ts";
import { untilOldPodsAreUnasked } from "../old-pods.ts";
import { readApplication } from "../read-application.ts";
import { readApplicationLog, readPodEvents } from "../read-application-log.ts";
import {
  describeRollout,
  findPodFailure,
  isServing,
  type ApplicationObjects,
  type PodFailure,
} from "../rollout-state.ts";
import { undoRollout } from "../undo-rollout.ts";
import { addedBy } from "../user-kustomization.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";

/** For failures and for people; the end of the roll-out is told by a watch, which costs less than looking often. */
const POLL_MS = 2_000;
/** A state that may pass by itself counts as a failure after this long. */
const PATIENCE_MS = 10_000;
/** So long may the API server be silent before a roll-out is given up. */
const UNANSWERED_MS = 30_000;
const LOG_LINES = 300;

/** Until all pods run the new version; ends early when one of them cannot come up. */
export const waitForRollout: UpStep = {
  id: "wait-for-rollout",
  title: ({ found }) => `Rolling out ${found.name ?? ""}`.trimEnd(),
  after: ["apply-manifests"],
  async run(context, { signal, progress }) {
    const { found } = context;
    if (found.isUnchanged === true) return { skipped: "it runs already" };
    const watching = new AbortController();
    const rolledOut = watchRollout(context, AbortSignal.any([signal, watching.signal]));
    try {
      await untilRolledOut(context, rolledOut, { signal, progress });
    } finally {
      watching.abort();
    }
    found.isRollingOut = false;
    if (isServing(found.before?.deployment)) await untilOldPodsAreUnasked(context, signal);
    await removeLeftovers(context, signal);
    return undefined;
  },
};

/** Resolves when kubectl has seen the end of the roll-out; never when that cannot be watched. */
async function watchRollout(
  { request, cluster, found }: UpContext,
  signal: AbortSignal,
): Promise<void> {
  const args = ["rollout", "status", `deployment/${known(found, "name")}`];
  const { namespace } = request.application;
  const exitCode = await cluster
    .follow([...args, "--namespace", namespace], { signal, onLine: () => undefined })
    .catch(() => undefined);
  if (exitCode !== 0) await new Promise(() => undefined);
}

async function untilRolledOut(
  context: UpContext,
  rolledOut: Promise<void>,
  { signal, progress }: Pick<StepControl, "signal" | "progress">,
): Promise<void> {
  const { request, ports } = context;
  const startedMs = ports.clock.monotonicMs();
  let unansweredSinceMs: number | undefined;
  let trouble: { readonly failure: PodFailure; readonly sinceMs: number } | undefined;
  const aWhile = () => Promise.race([ports.clock.sleep(POLL_MS, signal), rolledOut]);
  // Applied a moment ago: a look costs the processor time that the new pod's start wants.
  if (context.found.isRollingOut === true) await aWhile();
  for (;;) {
    const objects = await look();
    if (objects === undefined) continue;
    warnOfKilled(context, objects);
    if (isRolledOut(objects.deployment)) {
      context.found.replicas = objects.deployment?.spec?.replicas ?? 1;
      return;
    }
    progress(describeRollout(objects));
    const nowMs = ports.clock.monotonicMs();
    const failure = findPodFailure(objects);
    if (failure === undefined) trouble = undefined;
    else if (trouble?.failure.reason !== failure.reason) trouble = { failure, sinceMs: nowMs };
    const hasLasted = trouble !== undefined && nowMs - trouble.sinceMs >= PATIENCE_MS;
    if (failure !== undefined && (!failure.mayPass || hasLasted)) {
      throw await rolloutFailure(context, failure);
    }
    if (nowMs - startedMs >= request.rolloutTimeoutMs) {
      throw failure === undefined
        ? await neverReady(context, objects)
        : await rolloutFailure(context, failure);
    }
    await aWhile();
  }

  /** Undefined: the API server did not answer, as it may on a machine that has much to do; asked again for a while. */
  async function look(): Promise<ApplicationObjects | undefined> {
    try {
      const objects = await readApplication(context, signal);
      unansweredSinceMs = undefined;
      return objects;
    } catch (error) {
      const nowMs = ports.clock.monotonicMs();
      unansweredSinceMs ??= nowMs;
      const hasLasted = nowMs - unansweredSinceMs >= UNANSWERED_MS;
      if (!isToolError(error, "kubectl-failed") || hasLasted) throw error;
      await ports.clock.sleep(POLL_MS, signal);
      return undefined;
    }
  }
}

/** Only what can be seen in passing, once: nobody waits for the end of old pods, which may take its time. */
function warnOfKilled({ ports, found }: UpContext, { ending = [] }: ApplicationObjects): void {
  if (found.hasKilled === true) return;
  const killed = ending.find((pod) => wasKilled(pod, ports.clock.nowIso()));
  if (killed === undefined) return;
  found.hasKilled = true;
  const graceSeconds = killed.metadata?.deletionGracePeriodSeconds ?? 0;
  ports.reporter.report(killedWarning(known(found, "name"), graceSeconds));
}

/** What the version before had and this one has not (a ConfigMap, a Role); till now its pods may have needed it. */
async function removeLeftovers(
  { request, cluster, found }: UpContext,
  signal: AbortSignal,
): Promise<void> {
  const planned = found.manifests ?? [];
  const leftovers = (found.before?.all ?? []).flatMap(({ kind = "", metadata }) =>
    planned.some((manifest) => manifest.kind === kind && manifest.metadata.name === metadata?.name)
      ? []
      : [`${kind.toLowerCase()}/${metadata?.name ?? ""}`],
  );
  const { namespace } = request.application;
  const options = ["--ignore-not-found", "--wait=false"];
  if (leftovers.length > 0) {
    await kubectl(cluster, ["delete", ...leftovers, "--namespace", namespace, ...options], {
      signal,
    });
  }
  const added = addedBy(planned.find(({ kind }) => kind === "Deployment"));
  for (const before of addedBy(found.before?.deployment)) {
    if (added.some(({ reference }) => reference === before.reference)) continue;
    const place = ["--namespace", before.namespace ?? namespace];
    await kubectl(cluster, ["delete", before.reference, ...place, ...options], { signal });
  }
}

async function rolloutFailure(context: UpContext, failure: PodFailure): Promise<ToolError> {
  const { pod, kind, reason } = failure;
  const told = await podTrouble(context, pod, { hasCrashed: kind === "crashed" });
  // First the facts, then the undoing: it takes the pod and its log away.
  const left = await undoRollout(context, { isCancelled: false });
  const codes = {
    crashed: "application-crashed",
    "not-started": "application-not-started",
    unschedulable: "application-not-scheduled",
  } as const;
  return new ToolError(codes[kind], { ...told, pod, reason, left });
}

async function neverReady(context: UpContext, { pods }: ApplicationObjects): Promise<ToolError> {
  const unready =
    pods.find((pod) => !pod.status?.containerStatuses?.every(({ ready }) => ready)) ?? pods[0];
  const pod = unready?.metadata?.name ?? "(none)";
  const told = await podTrouble(context, pod, { hasCrashed: false });
  const left = await undoRollout(context, { isCancelled: false });
  const waited = formatDuration(context.request.rolloutTimeoutMs);
  return new ToolError("application-never-ready", { ...told, pod, waited, left });
}

/** What the pod tells; best effort, since the failure itself is what has to be shown. */
async function podTrouble(
  { request, cluster, found }: UpContext,
  pod: string,
  { hasCrashed }: { readonly hasCrashed: boolean },
) {
  const { namespace } = request.application;
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout } = await cluster.kubectl([...args, "--namespace", namespace]);
    return exitCode === 0 ? stdout : "";
  };
  const logOf = (...more: readonly string[]) => ask("logs", pod, `--tail=${LOG_LINES}`, ...more);
  const [events, log] = await Promise.all([
    ask("get", "events", "--field-selector", `involvedObject.name=${pod}`, "--output", "json"),
    hasCrashed ? logOf("--previous").then((text) => (text === "" ? logOf() : text)) : logOf(),
  ]);
  return {
    name: known(found, "name"),
    namespace,
    events: events === "" ? [] : readPodEvents(events),
    log: readApplicationLog(log),
  };
}
