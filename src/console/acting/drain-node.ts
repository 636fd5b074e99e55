import type { FeedChange, KubernetesObject, PodName } from "../../ports/cluster-api.ts";
import type { Acting } from "./acting.ts";

/** As kubectl waits before it asks again for a pod that may not go. */
const RETRY_MS = 5_000;
const STEP = "evict-pods";
/** A pod that the kubelet has from a file: https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/ */
const MIRROR = "kubernetes.io/config.mirror";

interface Leaving extends PodName {
  readonly uid: string;
}

/**
 * Moves the pods off a node, as `kubectl drain --ignore-daemonsets --delete-emptydir-data` does: those of DaemonSets and of
 * the kubelet stay; each other one is asked to go, again and again where its PodDisruptionBudget does not let it, until
 * it is gone. Nothing is done where a pod would be lost for good.
 * https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/
 * @param cordon lets no new pods come
 */
export async function drainNode(
  node: string,
  acting: Acting,
  cordon: () => Promise<void>,
): Promise<void> {
  const { api, signal, report } = acting;
  const all = await api.list({ kinds: ["Pod"] }, { signal });
  const pods = all.filter((pod) => pod.spec?.nodeName === node && isToMove(pod));
  const alone = pods.filter((pod) => controllerOf(pod) === undefined && !isOver(pod));
  if (alone.length > 0) {
    const names = alone.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name}`);
    throw new Error(
      `nothing would make these pods again: ${names.join(", ")}. Delete them first where they may go`,
    );
  }
  await cordon();
  const leaving = pods.map(leavingOf);
  const title = `Moving ${leaving.length} ${leaving.length === 1 ? "pod" : "pods"} off ${node}`;
  const startMs = acting.clock.monotonicMs();
  report({ type: "step-started", stepId: STEP, title });
  await evictAll(leaving, node, acting);
  const ms = acting.clock.monotonicMs() - startMs;
  report({ type: "step-finished", stepId: STEP, title, ms });
}

async function evictAll(
  leaving: readonly Leaving[],
  node: string,
  { api, clock, signal, report }: Acting,
): Promise<void> {
  const held = new Map<string, string>();
  let gone = 0;
  const tell = () => {
    const counted = `${gone} of ${leaving.length} gone`;
    const waiting = [...held].map(([name, reason]) => `${name} waits: ${reason}`);
    const fraction = leaving.length === 0 ? 1 : gone / leaving.length;
    const detail = [counted, ...waiting].join(" · ");
    report({ type: "step-progress", stepId: STEP, detail, fraction });
  };
  const failing = new AbortController();
  const together = AbortSignal.any([signal, failing.signal]);
  const asked = leaving.map(async (pod) => {
    for (;;) {
      const reason = await api.evict(pod, { signal: together });
      if (reason === undefined) break;
      if (held.get(pod.name) !== reason) {
        held.set(pod.name, reason);
        tell();
      }
      await clock.sleep(RETRY_MS, together);
    }
    if (held.delete(pod.name)) tell();
  });
  const departed = untilGone(leaving, node, { api, signal: together }, (count) => {
    gone = count;
    tell();
  });
  try {
    await Promise.all([...asked, departed]);
  } finally {
    failing.abort(new Error("another pod could not be moved"));
    await Promise.allSettled([...asked, departed]);
  }
}

async function untilGone(
  leaving: readonly Leaving[],
  node: string,
  { api, signal }: Pick<Acting, "api" | "signal">,
  onGone: (count: number) => void,
): Promise<void> {
  const present = new Set(leaving.map(({ uid }) => uid));
  const forget = (change: FeedChange) => {
    if (change.type === "removed") present.delete(change.object.metadata?.uid ?? "");
    if (change.type !== "listed") return;
    const listed = new Set(change.objects.map(({ metadata }) => metadata?.uid));
    for (const uid of [...present].filter((each) => !listed.has(each))) present.delete(uid);
  };
  if (present.size === 0) return onGone(0);
  const fields = { "spec.nodeName": node };
  for await (const change of api.watch({ kind: "Pod", fields }, { signal })) {
    const before = present.size;
    forget(change);
    if (present.size !== before) onGone(leaving.length - present.size);
    if (present.size === 0) return;
  }
}

function isToMove(pod: KubernetesObject): boolean {
  const { annotations = {} } = pod.metadata ?? {};
  return controllerOf(pod)?.kind !== "DaemonSet" && !(MIRROR in annotations);
}

function controllerOf({ metadata }: KubernetesObject): { readonly kind?: string } | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}

function isOver({ status }: KubernetesObject): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function leavingOf({ metadata }: KubernetesObject): Leaving {
  const { name = "", namespace = "default", uid = "" } = metadata ?? {};
  return { name, namespace, uid };
}
