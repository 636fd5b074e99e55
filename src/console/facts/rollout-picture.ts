import type { EventRow, PodRow, WorkloadRow } from "../model/rows.ts";
import { podWhy } from "./pod-why.ts";

/** How far a pod is on its way, one after the other, but for the last three. */
export type CellState =
  /** Wanted, and not there yet. */
  | "to-come"
  /** On no node yet. */
  | "pending"
  /** Its node gets its image, its volumes and its init containers ready. */
  | "pulling"
  /** It runs, and is not ready. */
  | "starting"
  | "ready"
  /** It has crashed, or its image cannot be had. */
  | "failing"
  | "terminating";

export interface RolloutCell {
  readonly state: CellState;
  /** Undefined of one that is to come. */
  readonly pod?: { readonly uid: string; readonly name: string };
}

export interface RolloutVersion {
  readonly revision: number;
  readonly version?: string;
  readonly isNew: boolean;
  /** Ready ones first, those that go last. */
  readonly cells: readonly RolloutCell[];
}

/** A roll-out of a Deployment as it is drawn: a row of cells for each version that has pods, the newest first. */
export interface RolloutPicture {
  readonly state: "complete" | "rolling" | "stuck";
  readonly wanted: number;
  readonly ready: number;
  /** Never more pods than these, nor fewer that are ready; undefined where all old ones go first (Recreate). */
  readonly limits?: { readonly most: number; readonly least: number };
  readonly versions: readonly RolloutVersion[];
  /** What it waits for, or what holds it up; undefined when it is complete. */
  readonly reason?: string;
}

interface Rows {
  /** Any; those of others are left out. */
  readonly replicaSets: readonly WorkloadRow[];
  readonly pods: readonly PodRow[];
  readonly events: readonly EventRow[];
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status */
export function rolloutPicture(deployment: WorkloadRow, rows: Rows): RolloutPicture {
  const { wanted, rollingUpdate } = deployment;
  const sets = rows.replicaSets
    .filter(({ owner }) => owner?.uid === deployment.uid)
    .toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  const podsOf = (set: WorkloadRow) => rows.pods.filter(({ owner }) => owner?.uid === set.uid);
  const newest = sets[0];
  const newPods = newest === undefined ? [] : podsOf(newest);
  const oldSets = sets.slice(1).filter((set) => podsOf(set).length > 0);
  const versions = [
    ...(newest === undefined ? [] : [versionOf(newest, newPods, { isNew: true, wanted })]),
    ...oldSets.map((set) => versionOf(set, podsOf(set), { isNew: false, wanted: 0 })),
  ];
  const oldPods = oldSets.flatMap(podsOf).filter(({ isTerminating }) => !isTerminating);
  const newReady = newPods.filter(isServing).length;
  const isComplete = newReady === wanted && oldPods.length === 0 && newest !== undefined;
  const picture = {
    ...{ wanted, versions },
    ready: newReady + oldPods.filter(isServing).length,
    ...(rollingUpdate === undefined
      ? {}
      : {
          limits: {
            most: wanted + rollingUpdate.maxSurge,
            least: Math.max(0, wanted - rollingUpdate.maxUnavailable),
          },
        }),
  };
  if (isComplete) return { ...picture, state: "complete" };
  const blocking = deployment.why ?? whyOf(newPods, rows.events);
  const isStuck =
    deployment.why !== undefined || newPods.some((pod) => cellStateOf(pod) === "failing");
  return {
    ...picture,
    state: isStuck ? "stuck" : "rolling",
    reason: blocking ?? waitingFor({ newReady, wanted, old: oldPods.length }),
  };
}

/** How far a pod is. */
export function cellStateOf(pod: PodRow): CellState {
  const { status, isTerminating, isReady, node } = pod;
  if (isTerminating) return "terminating";
  if (isReady) return "ready";
  if (isFailing(status)) return "failing";
  if (node === undefined) return "pending";
  if (status === "Running" || status === "NotReady") return "starting";
  return "pulling";
}

function isFailing(status: string): boolean {
  return /BackOff|Err|Invalid|OOMKilled|Failed|Evicted|ExitCode|Signal|DeadlineExceeded/.test(
    status,
  );
}

function isServing(pod: PodRow): boolean {
  return cellStateOf(pod) === "ready";
}

const ORDER: readonly CellState[] = [
  ...(["ready", "starting", "pulling", "pending", "failing", "to-come", "terminating"] as const),
];

function versionOf(
  set: WorkloadRow,
  pods: readonly PodRow[],
  { isNew, wanted }: { readonly isNew: boolean; readonly wanted: number },
): RolloutVersion {
  const present: readonly RolloutCell[] = pods.map((pod) => ({
    state: cellStateOf(pod),
    pod: { uid: pod.uid, name: pod.name },
  }));
  const alive = present.filter(({ state }) => state !== "terminating").length;
  const toCome: readonly RolloutCell[] = Array.from(
    { length: Math.max(0, wanted - alive) },
    () => ({ state: "to-come" }),
  );
  return {
    revision: set.revision ?? 0,
    ...(set.version === undefined ? {} : { version: set.version }),
    isNew,
    cells: [...present, ...toCome].toSorted(
      (a, b) =>
        ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
        (a.pod?.name ?? "").localeCompare(b.pod?.name ?? ""),
    ),
  };
}

/** Of the pod that is worst off. */
function whyOf(pods: readonly PodRow[], events: readonly EventRow[]): string | undefined {
  const unwell = pods
    .filter((pod) => !pod.isTerminating && !pod.isReady)
    .toSorted((a, b) => Number(isFailing(b.status)) - Number(isFailing(a.status)));
  for (const pod of unwell) {
    const why = podWhy(pod, events);
    if (why !== undefined) return `${pod.name}: ${why}`;
  }
  return undefined;
}

function waitingFor({
  newReady,
  wanted,
  old,
}: {
  readonly newReady: number;
  readonly wanted: number;
  readonly old: number;
}): string {
  if (newReady < wanted) return `${newReady} of ${wanted} new pods are ready`;
  return `${old} old ${old === 1 ? "pod has" : "pods have"} to go`;
}
