import { applyPatch, type Operation } from "rfc6902";
import { ToolError } from "../../errors/tool-error.ts";
import type { LocalImage } from "../../images/local-image.ts";
import { digestOf } from "../../images/oci.ts";
import type { ExecResult } from "../../ports/container-engine.ts";
import type { KubernetesObject, ObjectRef, PatchOperation } from "../../ports/cluster-api.ts";
import type { PublishRequest, SpringCluster } from "../cluster-access.ts";

type Json = Record<string, unknown> & {
  kind: string;
  metadata: Record<string, unknown> & { name: string; annotations?: Record<string, string> };
};

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** How the pods of a version turn out; asked at each apply. */
export type Outcome = "ready" | "crash" | "ended" | "pending" | "image-missing" | "unschedulable";

/**
 * A cluster that keeps what is applied and lets its pods turn out as a test wants. It answers the kubectl
 * calls of this folder and refuses others, so that a new call is noticed.
 */
export class FakeSpringCluster implements SpringCluster {
  readonly name = "airfield";
  readonly calls: string[] = [];
  readonly kubectlLines: string[] = [];
  readonly published = new Map<string, PublishRequest>();
  /** Host ports of others, and whose they are. */
  readonly takenPorts = new Map<number, string>();
  readonly loaded: string[] = [];
  /** Of the images that were assembled here, as they came. */
  readonly entrypoints: (readonly string[])[] = [];
  readonly namespaces = new Set(["default"]);
  /** Called after each look for a namespace, before its answer is there: somebody else may make one then. */
  onNamespaceLook: () => void = () => undefined;
  exists = false;
  outcome: (deployment: Json) => Outcome = () => "ready";
  log = "Started Application in 2 seconds";
  /** What the node tells of a container's sockets; undefined: it cannot be asked. */
  sockets: string | undefined;
  /** What probes have said, for the pod's events. */
  probeFailure = "";
  /** Called at each look at the roll-out. */
  onLook: () => void = () => undefined;
  onDelete: () => void = () => undefined;
  readonly #objects = new Map<string, Json>();
  readonly #local = new Set<string>();
  #revision = 0;
  #isCreated = false;

  async ensureCluster(): Promise<{ readonly created: boolean }> {
    this.calls.push("ensureCluster");
    const created = !this.exists;
    this.exists = true;
    this.#isCreated = created;
    return Promise.resolve({ created });
  }

  /** Stands on the same objects as `kubectl`; what was asked of it is in `calls`. */
  api: SpringCluster["api"] = {
    get: async (ref, { signal } = {}) => {
      this.#begin(`get ${ref.kind}/${ref.name}`, signal);
      return Promise.resolve(this.#find(ref));
    },
    patch: async (ref, operations, { signal } = {}) => {
      this.#begin(`patch ${ref.kind}/${ref.name}`, signal);
      this.#patch(ref, operations);
      return Promise.resolve();
    },
    remove: async (refs, { signal } = {}) => {
      for (const { kind, name } of refs) this.#begin(`remove ${kind}/${name}`, signal);
      const isRemoved = ({ kind, name }: ObjectRef) => this.#objects.delete(`${kind}/${name}`);
      return Promise.resolve(refs.filter(isRemoved));
    },
  };

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

  /** What a watch tells of more pods. */
  readonly podLines: string[] = [];
  /** Pods beside the one of the newest version. */
  readonly otherPods: KubernetesObject[] = [];

  /** What was given to a shell in a pod, and what the pod's log says thereupon. */
  readonly podScripts: string[] = [];
  onPodScript: (script: string) => readonly string[] | "pod is gone" = () => [
    "Started Application in 0.9 seconds (process running for 1.2)",
  ];
  readonly #followers = new Set<(line: string) => void>();

  /** One pod that runs from the beginning, and its log; both go on until the signal aborts. */
  async follow(
    args: readonly string[],
    { signal, onLine }: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
  ): Promise<number> {
    signal.throwIfAborted();
    this.kubectlLines.push(args.join(" "));
    if (args[0] === "get") ["pod-1|2026-01-01T00:00:00Z|0||", ...this.podLines].forEach(onLine);
    else if (args[0] === "logs") {
      this.log.split("\n").forEach(onLine);
      this.#followers.add(onLine);
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    throw signal.reason;
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

  async attach(args: readonly string[]): Promise<number> {
    this.calls.push(`attach ${args.join(" ")}`);
    return Promise.resolve(3);
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
    this.#objects.set(`${object.kind}/${object.metadata.name}`, object);
  }

  /** All that is there. */
  get objects(): readonly Json[] {
    return [...this.#objects.values()];
  }

  get(kind: string, name: string): Json | undefined {
    return this.#objects.get(`${kind}/${name}`);
  }

  async kubectl(
    args: readonly string[],
    { stdin, signal }: { readonly stdin?: string; readonly signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    signal?.throwIfAborted();
    const line = args.join(" ");
    this.kubectlLines.push(line);
    // As on the host: Node gives a program a socket as stdin, and a socket cannot be opened by its name.
    if (line.includes("/dev/stdin")) {
      const stderr = "error: open /dev/stdin: no such device or address";
      return Promise.resolve({ exitCode: 1, stdout: "", stderr });
    }
    if (line.startsWith("create namespace ") && this.namespaces.has(args[2] ?? "")) {
      const stderr = `Error from server (AlreadyExists): namespaces "${args[2] ?? ""}" already exists`;
      return Promise.resolve({ exitCode: 1, stdout: "", stderr });
    }
    const stdout = line.startsWith("exec ")
      ? this.#runInPod(stdin)
      : this.#answer(args, line, stdin);
    return Promise.resolve(
      stdout === undefined
        ? { exitCode: 1, stdout: "", stderr: `the fake does not know: kubectl ${line}` }
        : { exitCode: 0, stdout, stderr: "" },
    );
  }

  #begin(call: string, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.calls.push(call);
  }

  #answer(args: readonly string[], line: string, stdin: string | undefined): string | undefined {
    if (line.startsWith("apply ") && line.endsWith("-f -")) return this.#apply(stdin ?? "");
    if (/^get (deployment|job)\//.test(line)) return this.#getByName(args);
    if (line.startsWith("get secret/")) return this.#getByName(args);
    if (line.startsWith("get deployment ")) {
      return JSON.stringify(this.#withStatus(this.get("Deployment", args[2] ?? "")));
    }
    if (line.startsWith("get deployments ")) return this.#listDeployments(args, nameIn(line));
    if (line.startsWith("get jobs ")) return this.#list("Job");
    if (line.startsWith("scale deployment/")) {
      const name = args[1]?.split("/")[1] ?? "";
      return this.#scale(name, Number(/--replicas=(\d+)/.exec(line)?.[1]));
    }
    if (line.startsWith("get pods ")) return this.#listPods(nameIn(line), args.at(-1) === "name");
    if (line.startsWith("get deployments,replicasets,pods")) return this.#look(nameIn(line));
    if (line.startsWith("get jobs,pods")) return this.#lookAtJob(nameIn(line));
    if (line.startsWith("get statefulsets,pods")) return this.#lookAtSet(nameIn(line));
    if (line.startsWith("get service ")) return "30080";
    if (line.startsWith("get horizontalpodautoscalers "))
      return this.#list("HorizontalPodAutoscaler");
    if (line.startsWith("get namespace ")) {
      const found = this.namespaces.has(args[2] ?? "") ? `namespace/${args[2] ?? ""}` : "";
      this.onNamespaceLook();
      return found;
    }
    if (line.startsWith("create namespace ")) {
      this.namespaces.add(args[2] ?? "");
      return "created";
    }
    if (line.startsWith("get events ")) {
      return JSON.stringify({
        items: [
          this.probeFailure === ""
            ? { type: "Warning", reason: "BackOff", message: "Back-off restarting", count: 2 }
            : { type: "Warning", reason: "Unhealthy", message: this.probeFailure },
        ],
      });
    }
    if (line.startsWith("logs ")) return this.log;
    if (line.startsWith("delete ")) {
      this.onDelete();
      return this.#delete(args.filter((word) => /^[a-z]+\/[\w-]+$/.test(word)));
    }
    return undefined;
  }

  #apply(text: string): string {
    const { items } = JSON.parse(text) as { items: Json[] };
    for (const given of items) {
      const item = this.#withReplicas(given);
      const annotations = {
        ...item.metadata.annotations,
        [LAST_APPLIED]: JSON.stringify(given),
      };
      this.put({ ...item, metadata: { ...item.metadata, annotations, uid: `uid-${item.kind}` } });
    }
    this.#revision += 1;
    return "configured";
  }

  /** As `kubectl apply` merges: a number that was never applied stays; one that is no longer applied becomes the default. */
  #withReplicas(given: Json): Json {
    const spec = given["spec"] as { replicas?: number } | undefined;
    if (given.kind !== "Deployment" || spec?.replicas !== undefined) return given;
    const live = this.get("Deployment", given.metadata.name);
    const applied = live?.metadata.annotations?.[LAST_APPLIED];
    const was = (JSON.parse(applied ?? "{}") as { spec?: { replicas?: number } }).spec?.replicas;
    const now = (live?.["spec"] as { replicas?: number } | undefined)?.replicas;
    return { ...given, spec: { ...spec, replicas: was === undefined ? (now ?? 1) : 1 } };
  }

  #scale(name: string, replicas: number): string {
    const deployment = this.get("Deployment", name);
    if (deployment === undefined) return "";
    this.put({ ...deployment, spec: { ...(deployment["spec"] as object), replicas } });
    return "scaled";
  }

  #runInPod(script = ""): string | undefined {
    this.podScripts.push(script);
    const said = this.onPodScript(script);
    if (said === "pod is gone") return undefined;
    for (const line of said) this.#followers.forEach((onLine) => onLine(line));
    return "";
  }

  /** @param name "": all */
  #listDeployments(args: readonly string[], name: string): string {
    const namespace = args.includes("--namespace")
      ? args[args.indexOf("--namespace") + 1]
      : undefined;
    const items = [...this.#objects.values()]
      .filter(({ kind, metadata }) => {
        const isThere = namespace === undefined || metadata["namespace"] === namespace;
        const isMeant = name === "" || metadata.name === name;
        return kind === "Deployment" && isThere && isMeant;
      })
      .map((deployment) => this.#withStatus(deployment));
    return JSON.stringify({ items });
  }

  #listPods(name: string, onlyNames: boolean): string {
    const deployment = this.get("Deployment", name);
    if (deployment === undefined) return onlyNames ? "" : JSON.stringify({ items: [] });
    if (onlyNames) return "pod/pod-1\n";
    const { template } = deployment["spec"] as { template: { spec: object } };
    const status = podStatus(this.outcome(deployment));
    return JSON.stringify({
      items: [{ metadata: { name: "pod-1" }, spec: template.spec, status }],
    });
  }

  #find({ kind, name }: ObjectRef): Json | undefined {
    const found = this.get(kind, name);
    return kind === "Deployment" ? this.#withStatus(found) : found;
  }

  #patch({ kind, name }: ObjectRef, operations: readonly PatchOperation[]): void {
    const object = structuredClone(this.get(kind, name));
    const failure =
      object === undefined
        ? "it is not there"
        : applyPatch(object, operations as Operation[]).find((each) => each !== null)?.message;
    if (object !== undefined && failure === undefined) this.put(object);
    else {
      const facts = { what: `change ${kind}/${name}`, reason: failure ?? "" };
      throw new ToolError("cluster-request-failed", facts);
    }
  }

  #getByName(args: readonly string[]): string {
    const items = args
      .filter((word) => word.includes("/"))
      .flatMap((word) => {
        const [kind = "", name = ""] = word.split("/");
        const found = [...this.#objects.values()].find(
          (object) => object.kind.toLowerCase() === kind && object.metadata.name === name,
        );
        if (found === undefined) return [];
        if (found.kind === "Job") return [{ ...found, status: this.#jobStatus(found) }];
        return [found.kind === "Deployment" ? this.#withStatus(found) : found];
      });
    return items.length === 0 ? "" : JSON.stringify({ items });
  }

  #list(kind: string): string {
    return JSON.stringify({
      items: [...this.#objects.values()].filter((one) => one.kind === kind),
    });
  }

  #lookAtSet(name: string): string {
    this.onLook();
    const set = this.get("StatefulSet", name);
    if (set === undefined) return JSON.stringify({ items: [] });
    const outcome = this.outcome(set);
    const status = { readyReplicas: outcome === "ready" ? 1 : 0, updatedReplicas: 1 };
    const pod = { kind: "Pod", metadata: { name: `${name}-0` }, status: podStatus(outcome) };
    return JSON.stringify({ items: [{ ...set, status }, pod] });
  }

  #lookAtJob(name: string): string {
    this.onLook();
    const job = this.get("Job", name);
    if (job === undefined) return JSON.stringify({ items: [] });
    const pod = {
      kind: "Pod",
      metadata: { name: "pod-1", ownerReferences: [{ uid: "uid-Job" }] },
      status: podStatus(this.outcome(job), { isOfJob: true }),
    };
    return JSON.stringify({ items: [{ ...job, status: this.#jobStatus(job) }, pod] });
  }

  #jobStatus(job: Json): Record<string, unknown> {
    const type = { ended: "Complete", crash: "Failed" }[this.outcome(job) as string];
    return type === undefined ? { active: 1 } : { conditions: [{ type, status: "True" }] };
  }

  #look(name: string): string {
    this.onLook();
    const deployment = this.get("Deployment", name);
    if (deployment === undefined) return JSON.stringify({ items: [] });
    const revision = { "deployment.kubernetes.io/revision": String(this.#revision) };
    const owner = (uid: string) => [{ uid }];
    const shown = this.#withStatus(deployment);
    return JSON.stringify({
      items: [
        {
          ...shown,
          metadata: {
            ...deployment.metadata,
            generation: 1,
            annotations: { ...deployment.metadata.annotations, ...revision },
          },
        },
        {
          kind: "ReplicaSet",
          metadata: {
            name: "rs",
            uid: "uid-rs",
            annotations: revision,
            ownerReferences: owner("uid-Deployment"),
          },
        },
        {
          kind: "Pod",
          metadata: { name: "pod-1", ownerReferences: owner("uid-rs") },
          spec: { nodeName: "airfield-control-plane" },
          status: podStatus(this.outcome(deployment)),
        },
        ...this.otherPods.map((pod) => ({ kind: "Pod", ...pod })),
      ],
    });
  }

  #withStatus(deployment: Json | undefined): Json | undefined {
    if (deployment === undefined) return undefined;
    const isReady = this.outcome(deployment) === "ready";
    const wanted = (deployment["spec"] as { replicas?: number } | undefined)?.replicas ?? 1;
    const ready = isReady ? wanted : 0;
    return {
      ...deployment,
      metadata: { ...deployment.metadata, generation: 1 },
      status: {
        observedGeneration: 1,
        replicas: wanted,
        updatedReplicas: wanted,
        readyReplicas: ready,
        availableReplicas: ready,
      },
    };
  }

  /** @param references "job/user-service"; none: all, as by a selector */
  #delete(references: readonly string[]): string {
    const removed: string[] = [];
    for (const [key, { kind, metadata }] of this.#objects) {
      const reference = `${kind.toLowerCase()}/${metadata.name}`;
      if (references.length > 0 && !references.includes(reference)) continue;
      this.#objects.delete(key);
      removed.push(kind === "Deployment" ? `deployment.apps/${metadata.name}` : reference);
    }
    return removed.join("\n");
  }
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

/** The application that a selector means. */
function nameIn(line: string): string {
  return /app\.kubernetes\.io\/name=([^, ]+)/.exec(line)?.[1] ?? "";
}
