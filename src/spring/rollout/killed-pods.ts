import { warningOf } from "../../errors/warning-of.ts";
import type { ProgressEvent } from "../../ports/events.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";

/** SIGKILL, as a container's exit code. */
export const KILLED_EXIT_CODE = 137;
/** So near to the end of its time a pod that was told to end has not ended by itself: an application has a margin of more. */
const OVERDUE_MS = 2_000;

/** A pod that was told to end and did not, in the time that it has for it. */
export function wasKilled({ metadata, status }: KubernetesObject, nowIso: string): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata ?? {};
  // Without time to end nobody waits for it (`kubectl delete --force`).
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === 0) return false;
  const ended = status?.containerStatuses?.[0]?.state?.terminated;
  if (ended !== undefined) return ended.exitCode === KILLED_EXIT_CODE;
  return Date.parse(deletionTimestamp) - Date.parse(nowIso) <= OVERDUE_MS;
}

/** Every roll-out would take as long, and requests that are on the way are lost. */
export function killedWarning(name: string, graceSeconds: number): ProgressEvent {
  return warningOf("application-killed", { name, graceSeconds });
}
