import type { ExecResult, WaitOptions } from "./container-engine.ts";
import type { HttpAnswer } from "./http.ts";

/**
 * A Kubernetes cluster's API, in our own words. Every call throws `cluster-request-failed` when the cluster refuses it or
 * does not answer, and `cluster-not-found` or `cluster-incomplete` when there is no cluster (any more). Every waiting call
 * takes a signal and rejects with its reason when it aborts.
 */
export interface ClusterApi {
  /** Throws `cluster-request-failed` when the API server is out of reach or not ready. Any user may ask. */
  checkReady(options?: WaitOptions): Promise<void>;
  /** Undefined when there is none. */
  get(object: ObjectRef, options?: WaitOptions): Promise<KubernetesObject | undefined>;
  /** Those of these objects that there are, in the order of `objects`. */
  getAll(
    objects: readonly ObjectRef[],
    options?: WaitOptions,
  ): Promise<readonly KubernetesObject[]>;
  /** Kind by kind, each in the API server's order. Every object says its `kind` and `apiVersion`. */
  list(selection: Selection, options?: WaitOptions): Promise<readonly KubernetesObject[]>;
  /**
   * All objects of a kind as they are, and each change from then on: a list and a watch as one feed. It goes on until the
   * signal aborts (then it throws the reason) or the consumer ends. A connection that breaks, a restarted API server and a
   * history that was compacted are dealt with; in the meantime what was told is out of date, and `interrupted` says so.
   * Throws only when the first list is refused.
   */
  watch(
    selection: WatchSelection,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<FeedChange>;
  /**
   * Server-side apply as the field manager "airfield", which takes over fields of others. ConfigMaps and Secrets come first,
   * everything else in the order given. What was applied is kept at the object (see `kubernetes/last-applied.ts`). Not
   * atomic: a failure leaves the objects before it applied. May be repeated.
   * https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  apply(objects: readonly Manifest[], options?: WaitOptions): Promise<void>;
  /** A JSON patch (RFC 6902). What `apply` remembers stays as it is. */
  patch(
    object: ObjectRef,
    operations: readonly PatchOperation[],
    options?: WaitOptions,
  ): Promise<void>;
  /** Sets the number of pods without remembering it as applied. */
  scale(object: ObjectRef, replicas: number, options?: WaitOptions): Promise<void>;
  /** Resolves with those that there were. */
  remove(objects: readonly ObjectRef[], options?: RemoveOptions): Promise<readonly ObjectRef[]>;
  /** All that the selection lists; resolves with them. */
  removeAll(
    selection: Selection & { readonly labels: Labels },
    options?: RemoveOptions,
  ): Promise<readonly ObjectRef[]>;
  /** One that is there, or that somebody else makes at the same moment, is fine. */
  ensureNamespace(name: string, options?: WaitOptions): Promise<void>;
  /** What Kubernetes says about an object, in no order. Kept for an hour. */
  events(object: ObjectRef, options?: WaitOptions): Promise<readonly ClusterEvent[]>;
  /** A container's log, line by line. */
  logs(pod: PodName, options: LogOptions): AsyncIterable<string>;
  /** Runs a program in a pod, without a shell. A non-zero exit code is a result. Never runs it twice. */
  exec(
    pod: PodName,
    command: readonly string[],
    options?: WaitOptions & { readonly stdin?: string },
  ): Promise<ExecResult>;
  /** Runs a program in a pod with this process's stdin, stdout and stderr; resolves with its exit code. */
  attach(
    object: ObjectRef,
    command: readonly string[],
    options: {
      readonly hasTerminal: boolean;
      readonly signal: AbortSignal;
      /** Left out: the only one, or the first. */
      readonly container?: string;
    },
  ): Promise<number>;
  /** An HTTP request to a pod's port, by way of the API server. An answer of whatever status is one. */
  request(
    pod: PodName & { readonly port: number },
    request: ProxiedRequest,
    options?: WaitOptions,
  ): Promise<HttpAnswer>;
  /**
   * Asks a pod to leave its node. Resolves with the reason when it may not go now, which is mostly that its
   * PodDisruptionBudget does not allow it; undefined: it goes, or is gone.
   * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
   */
  evict(pod: PodName, options?: WaitOptions): Promise<string | undefined>;
  /**
   * What a node and its pods use of processor and memory, as its kubelet measured it in the last 10 to 20 seconds.
   * Undefined: there is no such node, or its figures may not be read.
   * https://kubernetes.io/docs/reference/instrumentation/node-metrics/
   */
  nodeSummary(node: string, options?: WaitOptions): Promise<NodeSummary | undefined>;
  /** Resolves when all pods of a Deployment run its newest version and are available. */
  untilRolledOut(
    deployment: Omit<ObjectRef, "kind" | "group">,
    options: { readonly signal: AbortSignal },
  ): Promise<void>;
}

/** Ways to the API of a cluster. Nothing is reached before the first call. */
export interface ClusterApis {
  /**
   * Of a cluster whose nodes are containers here: the API server itself, and kubectl in a node where there is no way to it.
   * @param controlPlanes their containers, as they are now; asked again when the API server is not where it was
   */
  ofNodes(controlPlanes: () => Promise<readonly string[]>): ClusterApi;
  /** Of any cluster, by the kubectl of this machine. Throws `kubectl-missing`. */
  ofContext(context: KubeconfigContext): ClusterApi;
}

export interface KubeconfigContext {
  readonly context: string;
  /** Undefined: where kubectl looks by itself. */
  readonly kubeconfigPath: string | undefined;
}

export type Labels = Readonly<Record<string, string>>;

/** The kinds whose place in the API is known without asking (`kubernetes/resources.ts`). */
export type KnownKind =
  | "ClusterRole"
  | "ClusterRoleBinding"
  | "ConfigMap"
  | "ControllerRevision"
  | "DaemonSet"
  | "Deployment"
  | "EndpointSlice"
  | "Event"
  | "HorizontalPodAutoscaler"
  | "Ingress"
  | "Job"
  | "Namespace"
  | "Node"
  | "PersistentVolumeClaim"
  | "Pod"
  | "ReplicaSet"
  | "Role"
  | "RoleBinding"
  | "Secret"
  | "Service"
  | "ServiceAccount"
  | "StatefulSet";

export interface ObjectRef {
  /** A known kind, or any kind of the cluster together with its `group`. */
  readonly kind: string;
  /** "autoscaling", or "" for Kubernetes' core; may be left out for a known kind. */
  readonly group?: string;
  readonly name: string;
  /** Without a meaning for kinds that belong to none; "default" where it is left out. */
  readonly namespace?: string;
}

export interface PodName {
  readonly name: string;
  readonly namespace: string;
  /** Left out: the only one, or the first. */
  readonly container?: string;
}

/** All objects of these kinds that match everything that is said. */
export interface Selection {
  readonly kinds: readonly KnownKind[];
  /** Left out: all namespaces. */
  readonly namespace?: string;
  readonly labels?: Labels;
}

export interface WatchSelection {
  readonly kind: KnownKind;
  /** Left out: all namespaces. */
  readonly namespace?: string;
  readonly labels?: Labels;
  /** "metadata.name": "shop" */
  readonly fields?: Labels;
}

export type FeedChange =
  /** All that there is now; takes the place of everything told before. */
  | { readonly type: "listed"; readonly objects: readonly KubernetesObject[] }
  /** New, or another state of one that was told. */
  | { readonly type: "changed"; readonly object: KubernetesObject }
  /** Its last state. Another object of its name has another uid. */
  | { readonly type: "removed"; readonly object: KubernetesObject }
  /** Changes may be missed for now; the feed tries on. */
  | { readonly type: "interrupted"; readonly reason: string }
  /** Nothing was missed, changes come again. After a new list instead, `listed` comes. */
  | { readonly type: "resumed" };

/** An object as it is to be. Further fields are sent as they are. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
}

/** RFC 6902; `path` is a JSON pointer (RFC 6901). */
export interface PatchOperation {
  readonly op: "add" | "replace" | "remove" | "test";
  readonly path: string;
  readonly value?: unknown;
}

export interface RemoveOptions extends WaitOptions {
  /**
   * Waits so long until the objects, and what belongs to them (a Deployment's pods), are gone; throws when they are not.
   * Left out: they are only told to go.
   */
  readonly withinMs?: number;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export interface ClusterEvent {
  /** "Normal" or "Warning". */
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly count?: number;
}

export interface LogOptions extends WaitOptions {
  /** Goes on until the container ends. */
  readonly follow?: boolean;
  /** Of the container before the last restart. */
  readonly previous?: boolean;
  /** Only lines that are at most this old. */
  readonly sinceSeconds?: number;
  /** Only lines from this moment on, ISO 8601. */
  readonly sinceTime?: string;
  /** Only so many of the last lines. */
  readonly tail?: number;
  /** Ends after so many bytes, which may be inside a line. */
  readonly limitBytes?: number;
  /** Each line begins with the time that the container runtime took it at, and a space. */
  readonly timestamps?: boolean;
}

export interface ProxiedRequest {
  readonly method: "GET" | "POST";
  /** "/actuator/health?x=1" */
  readonly path: string;
  /** JSON; of a POST. */
  readonly body?: string;
}

/** As the kubelet answers it. All optional: nothing has been measured of what has just begun. */
export interface NodeSummary {
  readonly node?: ResourceUse;
  readonly pods?: readonly (ResourceUse & {
    readonly podRef?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly uid?: string;
    };
  })[];
}

interface ResourceUse {
  readonly cpu?: { readonly usageNanoCores?: number };
  readonly memory?: { readonly workingSetBytes?: number };
}

/** What any object of Kubernetes may hold, as far as it is read. All optional: an API's answer is input. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Labels;
    readonly annotations?: Labels;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly spec?: {
    readonly replicas?: number;
    /** Of a Job. */
    readonly completions?: number;
    readonly parallelism?: number;
    readonly selector?: { readonly matchLabels?: Labels };
    readonly strategy?: {
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
    readonly volumeClaimTemplates?: readonly {
      readonly spec?: {
        readonly resources?: { readonly requests?: Labels };
      };
    }[];
    /** Of a Service. */
    readonly ports?: readonly {
      readonly name?: string;
      readonly port?: number;
      readonly targetPort?: number | string;
      readonly protocol?: string;
      readonly nodePort?: number;
    }[];
    readonly type?: string;
    readonly clusterIP?: string;
    /** Of an Ingress. */
    readonly ingressClassName?: string;
    readonly defaultBackend?: IngressBackend;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths?: readonly { readonly path?: string; readonly backend?: IngressBackend }[];
      };
    }[];
    /** Of a claim of storage. */
    readonly storageClassName?: string;
    /** Of a node. */
    readonly unschedulable?: boolean;
    /** Of a pod. */
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly name?: string }[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly containers?: readonly ContainerSpec[];
    readonly template?: {
      readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
      readonly spec?: {
        readonly containers?: readonly { readonly name?: string; readonly image?: string }[];
        readonly terminationGracePeriodSeconds?: number;
      };
    };
  };
  /** Of a ConfigMap or Secret. */
  readonly data?: Labels;
  readonly binaryData?: Labels;
  readonly type?: string;
  /** Of an Event. */
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    /** Of a DaemonSet. */
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    readonly numberAvailable?: number;
    /** Of a Job. */
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly phase?: string;
    /** Of a pod that was refused or evicted. */
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
    /** Of a node, or of a claim of storage. */
    readonly capacity?: Labels;
    readonly allocatable?: Labels;
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}

interface OwnerReference {
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly controller?: boolean;
}

interface IngressBackend {
  readonly service?: {
    readonly name?: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
}

interface ContainerSpec {
  readonly name?: string;
  readonly image?: string;
  /** Of an init container: "Always" makes it a sidecar. */
  readonly restartPolicy?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort?: number }[];
  readonly resources?: { readonly limits?: Labels; readonly requests?: Labels };
  readonly readinessProbe?: unknown;
}

export interface ContainerStatus {
  readonly name?: string;
  /** "containerd://ID" */
  readonly containerID?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly exitCode?: number;
    readonly signal?: number;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}
