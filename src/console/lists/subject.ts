import type { ClusterRow } from "../model/events.ts";
import type { Target } from "../model/requests.ts";
import type { ContainerRow, NodeRow, PodRow, Row, WorkloadRow } from "../model/rows.ts";
import type { ActionState } from "../state/console-state.ts";

/** One row of a list: what can be selected and acted on. */
export type Subject =
  | Exclude<Row, NodeRow>
  | ClusterSubject
  | ApplicationSubject
  | NodeSubject
  | ContainerSubject
  | FindingSubject
  | ActionSubject;

interface Named {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
}

export interface ClusterSubject extends Named {
  readonly kind: "Cluster";
  readonly cluster: ClusterRow;
}

export interface ApplicationSubject extends Named {
  readonly kind: "Application";
  readonly workload: WorkloadRow | undefined;
  readonly pods: readonly PodRow[];
  readonly wanted: number;
  readonly ready: number;
  readonly restarts: number;
  readonly version: string;
  /** What is wrong with it, and with which pod. */
  readonly why: string | undefined;
  readonly createdAt: string;
  readonly url: string | undefined;
}

/** A node as the engine has it, and as Kubernetes has it. */
export interface NodeSubject extends Named {
  readonly kind: "Node";
  readonly role: string;
  /** Of its container: "running", "paused", "exited" … */
  readonly state: string;
  readonly row: NodeRow | undefined;
}

export interface ContainerSubject extends Named {
  readonly kind: "Container";
  readonly pod: PodRow;
  readonly container: ContainerRow;
}

/** Something that is not as it should be. */
export interface FindingSubject extends Named {
  readonly kind: "Finding";
  readonly severity: "bad" | "warn";
  readonly text: string;
  /** What to do about it. */
  readonly advice: string;
  /** The object to open. */
  readonly about: { readonly kind: string; readonly uid: string };
}

export interface ActionSubject extends Named {
  readonly kind: "Action";
  readonly action: ActionState;
}

export function targetOf(subject: Subject, cluster: string | undefined): Target {
  const { kind, name, namespace, uid } = subject;
  const of = kind === "Cluster" ? name : cluster;
  return {
    ...{ kind, name, namespace, uid },
    ...(of === undefined ? {} : { cluster: of }),
    ...(kind === "Container" ? { pod: subject.pod.name } : {}),
  };
}
