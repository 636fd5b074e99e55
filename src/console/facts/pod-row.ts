import { parseQuantity } from "../../config/quantity.ts";
import type { ContainerStatus, KubernetesObject } from "../../ports/cluster-api.ts";
import type { ContainerRow, PodRow } from "../model/rows.ts";
import { endOf, whyOf } from "./pod-why.ts";
import { conditionOf, ownerOf, rowBase } from "./row-base.ts";

type Containers = NonNullable<NonNullable<KubernetesObject["spec"]>["containers"]>;
type Ended = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

export function podRow(pod: KubernetesObject): PodRow {
  const { spec, status, metadata } = pod;
  const containers = containersOf(spec?.containers, status?.containerStatuses, false);
  const why = whyOf(pod);
  const image = containers[0]?.image;
  return {
    kind: "Pod",
    ...rowBase(pod),
    ...(spec?.nodeName === undefined ? {} : { node: spec.nodeName }),
    status: printedStatus(pod),
    isReady: conditionOf(pod, "Ready")?.status === "True",
    restarts: restartsOf(pod),
    containers: [
      ...containersOf(spec?.initContainers, status?.initContainerStatuses, true),
      ...containers,
    ],
    ...ownerOf(pod),
    ...(image === undefined ? {} : { image }),
    ...(why === undefined ? {} : { why }),
    isTerminating: metadata?.deletionTimestamp !== undefined,
  };
}

/** As `kubectl get pods` prints it: https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go (printPod) */
export function printedStatus(pod: KubernetesObject): string {
  const { status, metadata } = pod;
  const initializing = initStatus(pod);
  const isInitialized = conditionOf(pod, "Initialized")?.status === "True";
  const isGated = conditionOf(pod, "PodScheduled")?.reason === "SchedulingGated";
  const own = isGated ? "SchedulingGated" : (status?.reason ?? status?.phase ?? "Unknown");
  const printed =
    initializing === undefined || isInitialized
      ? containersStatus(pod, initializing ?? own)
      : initializing;
  if (metadata?.deletionTimestamp === undefined) return printed;
  if (status?.reason === "NodeLost") return "Unknown";
  return isOver(status?.phase) ? printed : "Terminating";
}

/** "Init:0/2", "Init:CrashLoopBackOff"; undefined when no init container holds the pod up. */
function initStatus({ spec, status }: KubernetesObject): string | undefined {
  const specs = spec?.initContainers ?? [];
  for (const [i, { name, state, started }] of (status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = state ?? {};
    if (terminated?.exitCode === 0) continue;
    const isSidecar = specs.find((each) => each.name === name)?.restartPolicy === "Always";
    if (isSidecar && started === true) continue;
    if (terminated !== undefined) return `Init:${printedEnd(terminated)}`;
    const { reason = "" } = waiting ?? {};
    if (reason !== "" && reason !== "PodInitializing") return `Init:${reason}`;
    return `Init:${i}/${specs.length}`;
  }
  return undefined;
}

function containersStatus(pod: KubernetesObject, own: string): string {
  const statuses = pod.status?.containerStatuses ?? [];
  let printed = own;
  // The first container's word counts most.
  for (const { state } of statuses.toReversed()) {
    const { waiting, terminated } = state ?? {};
    if (waiting?.reason !== undefined && waiting.reason !== "") printed = waiting.reason;
    else if (terminated !== undefined) printed = printedEnd(terminated);
  }
  const runs = statuses.some(({ ready, state }) => ready === true && state?.running !== undefined);
  if (printed !== "Completed" || !runs) return printed;
  return conditionOf(pod, "Ready")?.status === "True" ? "Running" : "NotReady";
}

function printedEnd({ reason, signal, exitCode }: Ended): string {
  if (reason !== undefined && reason !== "") return reason;
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function isOver(phase: string | undefined): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/** While a pod initialises kubectl counts what its init containers restart, then its own containers and sidecars. */
function restartsOf(pod: KubernetesObject): number {
  const { spec, status } = pod;
  const init = status?.initContainerStatuses ?? [];
  const sum = (statuses: readonly ContainerStatus[]) =>
    statuses.reduce((count, { restartCount = 0 }) => count + restartCount, 0);
  if (initStatus(pod) !== undefined && conditionOf(pod, "Initialized")?.status !== "True") {
    return sum(init);
  }
  const isSidecar = ({ name }: ContainerStatus) =>
    spec?.initContainers?.find((each) => each.name === name)?.restartPolicy === "Always";
  return sum([...init.filter(isSidecar), ...(status?.containerStatuses ?? [])]);
}

function containersOf(
  specs: Containers = [],
  statuses: readonly ContainerStatus[] = [],
  isInit: boolean,
): readonly ContainerRow[] {
  return specs.map(({ name = "", image = "", ports = [], resources }) => {
    const status = statuses.find((each) => each.name === name);
    const memory = quantityOf(resources?.limits?.["memory"]);
    const cpu = quantityOf(resources?.limits?.["cpu"]);
    return {
      ...{ name, image, isInit },
      isReady: status?.ready === true,
      restarts: status?.restartCount ?? 0,
      state: stateOf(status, resources?.limits?.["memory"]),
      ports: ports.flatMap(({ name: portName, containerPort }) =>
        containerPort === undefined
          ? []
          : [{ port: containerPort, ...(portName === undefined ? {} : { name: portName }) }],
      ),
      ...(memory === undefined ? {} : { memoryLimitBytes: memory }),
      ...(cpu === undefined ? {} : { cpuLimitCores: cpu }),
    };
  });
}

function stateOf(status: ContainerStatus | undefined, limit: string | undefined): string {
  const { running, waiting, terminated } = status?.state ?? {};
  if (running !== undefined) return "running";
  if (terminated !== undefined) return `ended: ${endOf(terminated, limit)}`;
  return waiting?.reason === undefined ? "waiting" : `waiting: ${waiting.reason}`;
}

function quantityOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseQuantity(text);
}
