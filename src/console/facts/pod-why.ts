import { parseQuantity } from "../../config/quantity.ts";
import type { ContainerStatus, KubernetesObject } from "../../ports/cluster-api.ts";
import type { EventRow, PodRow } from "../model/rows.ts";
import { formatBytes } from "./format-bytes.ts";
import { conditionOf, oneLine } from "./row-base.ts";

/** States of a container on the way to its first start, which are no reason to worry. */
const USUAL = new Set(["ContainerCreating", "PodInitializing"]);
const CRASH_LOOP = "CrashLoopBackOff";

type Ended = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/**
 * Why a pod is not well, in one line, as far as the pod itself says it: "OOMKilled (137), limit 512 MiB, 4 restarts",
 * "ImagePullBackOff: …". Undefined: it is well, or only its events tell (`podWhy`).
 */
export function whyOf(pod: KubernetesObject): string | undefined {
  const { status, spec } = pod;
  if (status?.reason !== undefined) {
    return withDetail(status.reason, status.message);
  }
  const scheduled = conditionOf(pod, "PodScheduled");
  if (scheduled?.status === "False") return withDetail("not scheduled", scheduled.message);
  for (const container of status?.initContainerStatuses ?? []) {
    const why = whyOfContainer(container, spec?.initContainers);
    if (why !== undefined) return `${container.name ?? "an init container"}: ${why}`;
  }
  const containers = status?.containerStatuses ?? [];
  for (const container of containers) {
    const why = whyOfContainer(container, spec?.containers);
    if (why === undefined) continue;
    return containers.length === 1 ? why : `${container.name ?? ""}: ${why}`;
  }
  return undefined;
}

/** Why a pod is not well, its events taken into account: what it says itself, else the last of its warnings. */
export function podWhy(pod: PodRow, events: readonly EventRow[]): string | undefined {
  if (pod.why !== undefined) return pod.why;
  if (pod.isReady || pod.isTerminating || pod.status === "Completed") return undefined;
  const warnings = events.filter(({ type, about }) => type === "Warning" && about.uid === pod.uid);
  const last = warnings.toSorted((a, b) => a.lastAt.localeCompare(b.lastAt)).at(-1);
  return last === undefined ? undefined : warningText(last);
}

/** "readiness probe: statuscode 503", "FailedMount: …" */
export function warningText({ reason, message, count }: EventRow): string {
  const [, probe, answer] = /^(\w+) probe failed: ?(.*)$/is.exec(oneLine(message)) ?? [];
  const times = count > 1 ? ` (${count} times)` : "";
  if (probe === undefined) return `${withDetail(reason, message)}${times}`;
  return `${probe.toLowerCase()} probe: ${probeAnswer(answer ?? "")}${times}`;
}

function probeAnswer(text: string): string {
  const [, status] = /statuscode: (\d+)/.exec(text) ?? [];
  if (status !== undefined) return `answers ${status}`;
  if (/connection refused/.test(text)) return "connection refused";
  if (/deadline exceeded|timeout/i.test(text)) return "no answer in time";
  return text === "" ? "failed" : text;
}

function whyOfContainer(
  { name, state, lastState, ready, restartCount = 0 }: ContainerStatus,
  specs: NonNullable<KubernetesObject["spec"]>["containers"] = [],
): string | undefined {
  const limit = specs.find((each) => each.name === name)?.resources?.limits?.["memory"];
  const again = restartCount === 0 ? "" : `, ${counted(restartCount, "restart")}`;
  const { waiting, terminated } = state ?? {};
  const last = lastState?.terminated;
  if (terminated !== undefined) {
    return terminated.exitCode === 0 ? undefined : `${endOf(terminated, limit)}${again}`;
  }
  if (waiting !== undefined) {
    const { reason = "", message } = waiting;
    if (USUAL.has(reason) || reason === "") return undefined;
    if (reason === CRASH_LOOP && last !== undefined) return `${endOf(last, limit)}${again}`;
    return withDetail(reason, message);
  }
  const hasCrashed = last !== undefined && last.exitCode !== 0;
  return hasCrashed && ready !== true ? `${endOf(last, limit)}${again}` : undefined;
}

/** "OOMKilled (137), limit 512 MiB", "exit code 1", "ended by itself", "signal 9". */
export function endOf({ reason, exitCode, signal }: Ended, limit: string | undefined): string {
  if (reason === "OOMKilled") {
    const bytes = limit === undefined ? undefined : parseQuantity(limit);
    return `OOMKilled (137)${bytes === undefined ? ", no limit of its own" : `, limit ${formatBytes(bytes)}`}`;
  }
  if (exitCode === 0) return "ended by itself (exit code 0)";
  if (reason !== undefined && reason !== "Error") {
    return `${reason}${exitCode === undefined ? "" : ` (${exitCode})`}`;
  }
  if (signal !== undefined && signal !== 0) return `signal ${signal}`;
  return `exit code ${exitCode ?? "unknown"}`;
}

function withDetail(what: string, detail: string | undefined): string {
  return detail === undefined || detail.trim() === "" ? what : `${what}: ${oneLine(detail)}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
