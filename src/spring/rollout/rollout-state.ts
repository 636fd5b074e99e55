import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { MANIFEST_HASH } from "../objects/plan-manifests.ts";

/** The objects of one application. */
export interface ApplicationObjects {
  readonly deployment?: KubernetesObject;
  /** Pods of the newest version only, the oldest first. */
  readonly pods: readonly KubernetesObject[];
  /** Pods of whatever version that were told to end. */
  readonly ending?: readonly KubernetesObject[];
}

/** Why a pod will not become ready by waiting. */
export interface PodFailure {
  readonly pod: string;
  readonly kind: "crashed" | "ended" | "not-started" | "unschedulable";
  /** It could still change by itself, so it has to last for a while to count. */
  readonly mayPass: boolean;
  /** "exit code 1", "OOMKilled", "ImagePullBackOff: …"; of one that ended by itself, "after 4 s". */
  readonly reason: string;
}

/** States of a container in which Kubernetes itself only retries what cannot work. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|CreateContainerConfigError|CreateContainerError|RunContainerError|PostStartHookError)$/;
/** One crash may be a dependency that is not up yet; the second one is shown. */
const CRASHES_ENOUGH = 2;

export function toObjects(items: readonly KubernetesObject[], name: string): ApplicationObjects {
  const deployment = items.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata?.name === name,
  );
  const revision = revisionOf(deployment);
  const newest = items.find(
    (item) =>
      item.kind === "ReplicaSet" &&
      revisionOf(item) === revision &&
      isOwnedBy(item, deployment?.metadata?.uid),
  );
  const ending = items.filter(
    ({ kind, metadata }) => kind === "Pod" && metadata?.deletionTimestamp !== undefined,
  );
  return {
    ...(deployment === undefined ? {} : { deployment }),
    ...(ending.length === 0 ? {} : { ending }),
    pods: items
      .filter(
        (item) =>
          item.kind === "Pod" &&
          item.metadata?.deletionTimestamp === undefined &&
          isOwnedBy(item, newest?.metadata?.uid),
      )
      .toSorted((a, b) =>
        (a.metadata?.creationTimestamp ?? "").localeCompare(b.metadata?.creationTimestamp ?? ""),
      ),
  };
}

/** It serves: at least one pod is available. */
export function isServing(deployment: KubernetesObject | undefined): boolean {
  return (deployment?.status?.availableReplicas ?? 0) > 0;
}

export function manifestHashOf(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata?.annotations?.[MANIFEST_HASH];
}

export function imageOf(deployment: KubernetesObject | undefined): string | undefined {
  return deployment?.spec?.template?.spec?.containers?.[0]?.image;
}

/** "1 of 2 ready". */
export function describeRollout({ deployment, pods }: ApplicationObjects): string {
  const wanted = deployment?.spec?.replicas ?? 1;
  const ready = pods.filter((pod) =>
    pod.status?.containerStatuses?.every(({ ready }) => ready),
  ).length;
  return `${Math.min(ready, wanted)} of ${wanted} ready`;
}

/** The first pod for which waiting seems to be of no use. */
export function findPodFailure({ deployment, pods }: ApplicationObjects): PodFailure | undefined {
  const refused = deployment?.status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  if (refused !== undefined && pods.length === 0) {
    const reason = refused.message ?? "the pods were refused";
    return { pod: "(none)", kind: "not-started", mayPass: true, reason };
  }
  for (const pod of pods) {
    const name = pod.metadata?.name ?? "";
    const unscheduled = pod.status?.conditions?.find(
      ({ type, status }) => type === "PodScheduled" && status === "False",
    );
    if (unscheduled?.reason === "Unschedulable") {
      const reason = unscheduled.message ?? "Unschedulable";
      return { pod: name, kind: "unschedulable", mayPass: true, reason };
    }
    const isProbed = pod.spec?.containers?.some(({ readinessProbe }) => readinessProbe) === true;
    for (const status of pod.status?.containerStatuses ?? []) {
      const finished = [status.state?.terminated, status.lastState?.terminated].find(
        (ended) => ended?.exitCode === 0,
      );
      // Without probes it counts as ready again as soon as it is started again.
      if (finished !== undefined && !(isProbed && status.ready === true)) {
        return { pod: name, kind: "ended", mayPass: false, reason: describeRun(finished) };
      }
      const waiting = status.state?.waiting;
      if (waiting?.reason !== undefined && HOPELESS.test(waiting.reason)) {
        const detail = waiting.message === undefined ? "" : `: ${waiting.message}`;
        const reason = `${waiting.reason}${detail}`;
        return { pod: name, kind: "not-started", mayPass: true, reason };
      }
      const isCrashing =
        waiting?.reason === "CrashLoopBackOff" || (status.restartCount ?? 0) >= CRASHES_ENOUGH;
      if (isCrashing && status.ready !== true) {
        const ended = status.lastState?.terminated ?? status.state?.terminated;
        return { pod: name, kind: "crashed", mayPass: false, reason: describeEnd(ended) };
      }
    }
  }
  return undefined;
}

/** "after 4 s", as far as it is known: Kubernetes tells whole seconds. */
function describeRun({
  startedAt = "",
  finishedAt = "",
}: {
  readonly startedAt?: string;
  readonly finishedAt?: string;
}): string {
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  return Number.isNaN(seconds) ? "soon" : `after ${seconds} s`;
}

function describeEnd(
  ended: { readonly reason?: string; readonly exitCode?: number } | undefined,
): string {
  if (ended?.reason === "OOMKilled") return "killed because it used more memory than its limit";
  return `exit code ${ended?.exitCode ?? "unknown"}`;
}

function revisionOf(object: KubernetesObject | undefined): string | undefined {
  return object?.metadata?.annotations?.["deployment.kubernetes.io/revision"];
}

function isOwnedBy(object: KubernetesObject, uid: string | undefined): boolean {
  return (
    uid !== undefined && (object.metadata?.ownerReferences ?? []).some((owner) => owner.uid === uid)
  );
}
