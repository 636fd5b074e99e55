/**
 * What the terminal UI keeps of an object of Kubernetes: a small row, made where the object arrives. The object itself is
 * dropped, so that no value of an environment variable or Secret is ever held, and 500 pods stay small.
 */
export type Row =
  PodRow | NodeRow | WorkloadRow | ServiceRow | IngressRow | ClaimRow | EventRow | NamespaceRow;

export type RowKind = Row["kind"];

interface NamedRow {
  /** Kubernetes' own; another object of the same name has another one. */
  readonly uid: string;
  readonly name: string;
  /** "" for kinds that belong to none. */
  readonly namespace: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Of an application of Airfield's: its name. */
  readonly application?: string;
}

export interface PodRow extends NamedRow {
  readonly kind: "Pod";
  readonly node?: string;
  /** As `kubectl get pods` says it: "Running", "CrashLoopBackOff", "Terminating" … */
  readonly status: string;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly containers: readonly ContainerRow[];
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** The image of its application's container. */
  readonly image?: string;
  /** Why it is not well, in one line and without its events: "OOMKilled (137), limit 512 MiB". */
  readonly why?: string;
  readonly isTerminating: boolean;
}

export interface ContainerRow {
  readonly name: string;
  readonly image: string;
  readonly isReady: boolean;
  readonly restarts: number;
  readonly isInit: boolean;
  /** "running", "waiting: ImagePullBackOff", "ended: OOMKilled (137)". */
  readonly state: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
  readonly memoryLimitBytes?: number;
  readonly cpuLimitCores?: number;
}

export interface NodeRow extends NamedRow {
  readonly kind: "Node";
  readonly isReady: boolean;
  /** What its condition says when it is not ready. */
  readonly why?: string;
  readonly roles: readonly string[];
  readonly zone?: string;
  readonly isCordoned: boolean;
  readonly version: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

export interface WorkloadRow extends NamedRow {
  readonly kind: "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job";
  readonly wanted: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  readonly images: readonly string[];
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Kubernetes' number of the version, of a Deployment and its ReplicaSets. */
  readonly revision?: number;
  /** Of the version: Airfield's short id of its image, else the tag. */
  readonly version?: string;
  /** What holds it up, as its condition says. */
  readonly why?: string;
  /** Of a Deployment: so many pods more, and so many fewer, than are wanted may there be during a roll-out. */
  readonly rollingUpdate?: { readonly maxSurge: number; readonly maxUnavailable: number };
}

export interface ServiceRow extends NamedRow {
  readonly kind: "Service";
  readonly type: string;
  readonly clusterIp: string;
  /** "http 80→8080" */
  readonly ports: readonly string[];
}

export interface IngressRow extends NamedRow {
  readonly kind: "Ingress";
  readonly className: string;
  /** "shop.localhost/api → orders:80" */
  readonly rules: readonly string[];
}

/** A claim of storage. */
export interface ClaimRow extends NamedRow {
  readonly kind: "PersistentVolumeClaim";
  readonly status: string;
  readonly capacity: string;
  readonly storageClass: string;
}

export interface EventRow extends NamedRow {
  readonly kind: "Event";
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601. */
  readonly lastAt: string;
  readonly about: { readonly kind: string; readonly name: string; readonly uid: string };
}

export interface NamespaceRow extends NamedRow {
  readonly kind: "Namespace";
  readonly status: string;
}
