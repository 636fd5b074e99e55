import type { PodRow, WorkloadRow } from "../model/rows.ts";
import { rowsOf, urlOf, type ConsoleState } from "../state/console-state.ts";
import type { ApplicationSubject } from "./subject.ts";

/** Applications that Airfield brought up, by name: each with its workload and its pods. */
export function applicationsOf(state: ConsoleState): readonly ApplicationSubject[] {
  const workloads = [...rowsOf(state, "Deployment"), ...rowsOf(state, "StatefulSet")];
  const found = new Map<string, { workload?: WorkloadRow; pods: PodRow[] }>();
  const at = (namespace: string, name: string) => {
    const key = `${namespace}/${name}`;
    const present = found.get(key) ?? { pods: [] };
    found.set(key, present);
    return present;
  };
  for (const workload of workloads) {
    if (workload.application !== undefined)
      at(workload.namespace, workload.application).workload = workload;
  }
  for (const pod of rowsOf(state, "Pod")) {
    if (pod.application !== undefined) at(pod.namespace, pod.application).pods.push(pod);
  }
  return [...found]
    .map(([key, { workload, pods }]) => toSubject(key, workload, pods, state))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

function toSubject(
  key: string,
  workload: WorkloadRow | undefined,
  pods: readonly PodRow[],
  state: ConsoleState,
): ApplicationSubject {
  const slash = key.indexOf("/");
  const namespace = key.slice(0, slash);
  const name = key.slice(slash + 1);
  const staying = pods.filter(({ isTerminating }) => !isTerminating);
  const ill = staying.find(({ why, isReady }) => why !== undefined && !isReady);
  const why = ill === undefined ? workload?.why : `${ill.name} ${ill.why ?? ""}`;
  return {
    kind: "Application",
    uid: key,
    ...{ name, namespace, workload, pods, why },
    wanted: workload?.wanted ?? staying.length,
    ready: workload?.ready ?? staying.filter(({ isReady }) => isReady).length,
    restarts: pods.reduce((sum, { restarts }) => sum + restarts, 0),
    version: workload?.version ?? "",
    createdAt: workload?.createdAt ?? pods[0]?.createdAt ?? "",
    url: urlOf(state, { namespace, name }),
  };
}
