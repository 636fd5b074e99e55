import { FakeClusterApi } from "../fake-cluster-api.ts";
import { ToolError } from "../../../src/errors/tool-error.ts";
import type { LocalImage } from "../../../src/images/local-image.ts";
import { digestOf } from "../../../src/images/oci.ts";
import type { ExecResult } from "../../../src/ports/container-engine.ts";
import type { KubernetesObject, Labels } from "../../../src/ports/cluster-api.ts";
import type { PublishRequest, SpringCluster } from "../../../src/spring/cluster-access.ts";

type Json = Record<string, unknown> & {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec?: Readonly<Record<string, unknown>> & {
    readonly replicas?: number;
    readonly template?: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec?: object;
    };
    readonly ports?: readonly object[];
  };
};

/** How the pods of a version turn out; asked at each look at them. */
export type Outcome = "ready" | "crash" | "ended" | "pending" | "image-missing" | "unschedulable";

const NODE = "airfield-control-plane";
const NODE_PORT = 30080;
const STARTED_AT = "2026-01-01T00:00:00Z";

/**
 * A cluster that keeps what is applied and lets its pods turn out as a test wants: behind its API each workload has a
 * pod, whose log is `log`.
 */
export class FakeSpringCluster implements SpringCluster {
  readonly name = "airfield";
  readonly api = new FakeClusterApi();
  /** What was asked of the cluster beside its API. */
  readonly calls: string[] = [];
  readonly published = new Map<string, PublishRequest>();
  /** Host ports of others, and whose they are. */
  readonly takenPorts = new Map<number, string>();
  readonly loaded: string[] = [];
  /** Of the images that were assembled here, as they came. */
  readonly entrypoints: (readonly string[])[] = [];
  exists = false;
  outcome: (workload: Json) => Outcome = () => "ready";
  /** What the node tells of a container's sockets; undefined: it cannot be asked. */
  sockets: string | undefined;
  /** What probes have said, for the pod's events. */
  probeFailure = "";
  /** Called at each look at the roll-out. */
  onLook: () => void = () => undefined;
  /** Called when something is removed. */
  onDelete: () => void = () => undefined;
  /** Pods of a Deployment beside the one of its newest version. */
  readonly otherPods: KubernetesObject[] = [];
  /** What was given to a shell in a pod, and what the pod's log says thereupon. */
  readonly podScripts: string[] = [];
  onPodScript: (script: string) => readonly string[] | "pod is gone" = () => [
    "Started Application in 0.9 seconds (process running for 1.2)",
  ];
  readonly #local = new Set<string>();
  #isCreated = false;

  constructor() {
    const { api } = this;
    this.log = "Started Application in 2 seconds";
    api.attachedExitCode = 3;
    api.view = (stored) => stored.flatMap((object) => this.#seen(object as Json));
    api.onCall = (call) => {
      if (/^list (Deployment,ReplicaSet|StatefulSet|Job),Pod$/.test(call)) this.onLook();
      if (call.startsWith("remove")) this.onDelete();
    };
    api.onExec = ({ name }, _, script) => {
      this.podScripts.push(script);
      const said = this.onPodScript(script);
      if (said === "pod is gone") {
        const facts = { what: `run sh in pod ${name}`, reason: `pods "${name}" not found` };
        throw new ToolError("cluster-request-failed", facts);
      }
      api.log = [...api.log, ...said];
      api.changed();
      return {};
    };
  }

  /** Of every pod. */
  set log(text: string) {
    this.api.log = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  }

  async ensureCluster(): Promise<{ readonly created: boolean }> {
    this.calls.push("ensureCluster");
    const created = !this.exists;
    this.exists = true;
    this.#isCreated = created;
    return Promise.resolve({ created });
  }

  async removeCreated(): Promise<void> {
    if (this.#isCreated) this.exists = false;
    return Promise.resolve();
  }

  pullableName(image: string): string {
    return image;
  }

  /** What kustomize answers; as long as a test gives nothing, the objects stay as they are. */
  kustomized: (files: Readonly<Record<string, string>>) => ExecResult = (files) => ({
    exitCode: 0,
    stdout: files["airfield.yaml"] ?? "",
    stderr: "",
  });

  async podSockets(): Promise<string | undefined> {
    return Promise.resolve(this.sockets);
  }

  async kustomize(files: Readonly<Record<string, string>>): Promise<ExecResult> {
    return Promise.resolve(this.kustomized(files));
  }

  async hasImageOnNodes(image: string): Promise<boolean> {
    return Promise.resolve(this.loaded.includes(image));
  }

  async loadImage(image: string): Promise<void> {
    this.calls.push(`loadImage ${image}`);
    this.loaded.push(image);
    return Promise.resolve();
  }

  async loadLocalImage(image: LocalImage): Promise<{ readonly sentBytes: number }> {
    const key = `${image.name} ${digestOf(image.config)}`;
    if (this.#local.has(key)) return Promise.resolve({ sentBytes: 0 });
    this.#local.add(key);
    const { config } = JSON.parse(Buffer.from(image.config).toString()) as {
      readonly config: { readonly Entrypoint: readonly string[] };
    };
    this.entrypoints.push(config.Entrypoint);
    await this.loadImage(image.name);
    return { sentBytes: image.layers.at(-1)?.sizeBytes ?? 0 };
  }

  async checkHostPort({ hostPort: port }: { readonly hostPort: number }): Promise<void> {
    const owner = this.takenPorts.get(port);
    if (owner !== undefined) throw new ToolError("port-taken", { port, owner });
    return Promise.resolve();
  }

  async publishPort(request: PublishRequest): Promise<{ readonly url: string }> {
    await this.checkHostPort(request);
    this.published.set(`${request.namespace}/${request.name}`, request);
    return Promise.resolve({ url: "http://127.0.0.1:8080" });
  }

  async publishedUrl(request: { name: string; namespace: string }): Promise<string | undefined> {
    const isPublished = this.published.has(`${request.namespace}/${request.name}`);
    return Promise.resolve(isPublished ? "http://127.0.0.1:8080" : undefined);
  }

  async unpublishPort(request: { name: string; namespace: string }): Promise<boolean> {
    return Promise.resolve(this.published.delete(`${request.namespace}/${request.name}`));
  }

  async jreImage(javaVersion: number): Promise<string> {
    return Promise.resolve(`airfield/jre-${javaVersion}:1`);
  }

  async expectedJreImage(javaVersion: number): Promise<string> {
    return this.jreImage(javaVersion);
  }

  async dependencyImage({ type, image }: { type: string; image?: string }): Promise<string> {
    return Promise.resolve(image ?? `airfield/${type}:1`);
  }

  async expectedDependencyImage(wanted: { type: string; image?: string }): Promise<string> {
    return this.dependencyImage(wanted);
  }

  publicDependencyImage(type: string): string {
    return `docker.io/library/${type}:1`;
  }

  /** Puts an object there that somebody else made. */
  put(object: Json): void {
    this.api.put(object);
  }

  /** All that is there. */
  get objects(): readonly Json[] {
    return this.api.objects as unknown as readonly Json[];
  }

  get(kind: string, name: string): Json | undefined {
    return this.objects.find((each) => each.kind === kind && each.metadata.name === name);
  }

  /** The applies and removals that were asked for, in order: "apply Service/shop". */
  get changes(): readonly string[] {
    return this.api.calls.filter((call) => /^(apply|remove) /.test(call));
  }

  /** An object as it is seen, and what the controllers have made of it. */
  #seen(object: Json): readonly KubernetesObject[] {
    switch (object.kind) {
      case "Deployment":
        return this.#deployed(object);
      case "StatefulSet":
        return this.#set(object);
      case "Job":
        return this.#job(object);
      case "Service": {
        const [port, ...others] = object.spec?.ports ?? [];
        const ports = port === undefined ? [] : [{ ...port, nodePort: NODE_PORT }, ...others];
        return [{ ...object, spec: { ...object.spec, ports } }];
      }
      default:
        return [object];
    }
  }

  #deployed(deployment: Json): readonly KubernetesObject[] {
    const { metadata, spec = {} } = deployment;
    const { generation = 0, uid = "", annotations } = metadata;
    const outcome = this.outcome(deployment);
    const wanted = spec.replicas ?? 1;
    const ready = outcome === "ready" ? wanted : 0;
    const revision = { "deployment.kubernetes.io/revision": String(generation) };
    const set = {
      ...placeOf(deployment, `${metadata.name}-set`),
      ...{ annotations: revision, ownerReferences: [{ uid }] },
    };
    const shown = {
      ...deployment,
      metadata: { ...metadata, annotations: { ...annotations, ...revision } },
      status: {
        observedGeneration: generation,
        ...{ replicas: wanted, updatedReplicas: wanted },
        ...{ readyReplicas: ready, availableReplicas: ready },
      },
    };
    return [
      shown,
      { kind: "ReplicaSet", metadata: set },
      ...this.#pod(deployment, podStatus(outcome), { name: "pod-1", owner: set.uid }),
      ...this.otherPods.map((pod) => ({
        kind: "Pod",
        ...pod,
        metadata: { ...placeOf(deployment, pod.metadata?.name ?? ""), ...pod.metadata },
      })),
    ];
  }

  #set(set: Json): readonly KubernetesObject[] {
    const outcome = this.outcome(set);
    const { name, generation = 0, uid = "" } = set.metadata;
    const readyReplicas = outcome === "ready" ? 1 : 0;
    const status = { observedGeneration: generation, readyReplicas, updatedReplicas: 1 };
    return [
      { ...set, status },
      ...this.#pod(set, podStatus(outcome), { name: `${name}-0`, owner: uid }),
    ];
  }

  #job(job: Json): readonly KubernetesObject[] {
    const outcome = this.outcome(job);
    const type = { ended: "Complete", crash: "Failed" }[outcome as string];
    const status = type === undefined ? { active: 1 } : { conditions: [{ type, status: "True" }] };
    const { uid = "" } = job.metadata;
    return [
      { ...job, status },
      ...this.#pod(job, podStatus(outcome, { isOfJob: true }), { name: "pod-1", owner: uid }),
    ];
  }

  /** With its event. */
  #pod(
    workload: Json,
    status: Record<string, unknown>,
    { name, owner }: { readonly name: string; readonly owner: string },
  ): readonly KubernetesObject[] {
    const place = placeOf(workload, name);
    const pod = {
      kind: "Pod",
      metadata: {
        ...place,
        ...{ ownerReferences: [{ uid: owner }], creationTimestamp: STARTED_AT },
      },
      spec: { ...workload.spec?.template?.spec, nodeName: NODE },
      status,
    };
    const event = {
      kind: "Event",
      metadata: { ...place, name: `${name}-event` },
      involvedObject: { kind: "Pod", name },
      ...(this.probeFailure === ""
        ? { type: "Warning", reason: "BackOff", message: "Back-off restarting", count: 2 }
        : { type: "Warning", reason: "Unhealthy", message: this.probeFailure }),
    };
    return [pod, event];
  }
}

/** Of what belongs to a workload: it has the labels of its pods. */
function placeOf({ metadata, spec }: Json, name: string) {
  const labels = spec?.template?.metadata?.labels ?? metadata.labels ?? {};
  const { namespace = "default", uid = "" } = metadata;
  return { name, namespace, labels, uid: `${name} of ${uid}` };
}

function podStatus(
  outcome: Outcome,
  { isOfJob = false }: { readonly isOfJob?: boolean } = {},
): Record<string, unknown> {
  switch (outcome) {
    case "ready":
      return { containerStatuses: [{ ready: true, restartCount: 0, state: { running: {} } }] };
    case "crash":
      if (isOfJob) return { containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] };
      return {
        containerStatuses: [
          {
            ready: false,
            restartCount: 1,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { reason: "Error", exitCode: 1 } },
          },
        ],
      };
    case "image-missing":
      return {
        containerStatuses: [
          { ready: false, restartCount: 0, state: { waiting: { reason: "ImagePullBackOff" } } },
        ],
      };
    case "unschedulable":
      return {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/1 nodes are available: 1 Insufficient memory.",
          },
        ],
      };
    case "ended":
      return {
        containerStatuses: [
          {
            ...{ ready: false, restartCount: 0 },
            state: {
              terminated: {
                ...{ exitCode: 0, reason: "Completed" },
                ...{ startedAt: "2026-01-01T00:00:01Z", finishedAt: "2026-01-01T00:00:05Z" },
              },
            },
          },
        ],
      };
    case "pending":
      return {
        podIP: "10.244.0.5",
        containerStatuses: [
          {
            ...{ ready: false, restartCount: 0, state: { running: {} } },
            containerID: "containerd://0abc",
          },
        ],
      };
  }
}
