import { isDeepStrictEqual } from "node:util";
import { applyPatch, type Operation } from "rfc6902";
import { mergePatch } from "../../src/config/merge-patch.ts";
import { ToolError } from "../../src/errors/tool-error.ts";
import { isRolledOut } from "../../src/kubernetes/is-rolled-out.ts";
import { inOrder, lastApplied, withLastApplied } from "../../src/kubernetes/last-applied.ts";
import { groupOf, resources } from "../../src/kubernetes/resources.ts";
import type {
  ClusterApi,
  ClusterEvent,
  FeedChange,
  KubernetesObject,
  Labels,
  LogOptions,
  Manifest,
  NodeSummary,
  ObjectRef,
  PatchOperation,
  PodName,
  ProxiedRequest,
  RemoveOptions,
  Selection,
  WatchSelection,
} from "../../src/ports/cluster-api.ts";
import type { ExecResult, WaitOptions } from "../../src/ports/container-engine.ts";
import type { HttpAnswer } from "../../src/ports/http.ts";

type Json = Record<string, unknown>;

/** A pod's log is told to those that follow it, as long as they do. */
interface FakeLog {
  readonly lines: readonly string[];
  readonly previous: readonly string[];
}

/**
 * A cluster's API that keeps objects in memory as the API server does: server-side apply, selectors, uids, generations.
 * Nothing runs in it: what controllers would make of the objects is said by `view`.
 */
export class FakeClusterApi implements ClusterApi {
  /** "apply Deployment/shop", "get Pod/a", "logs a", …; in order. */
  readonly calls: string[] = [];
  readonly namespaces = new Set(["default", "kube-system"]);
  /** What there is to see, made of what is stored: pods, states. Asked at each read. */
  view: (stored: readonly KubernetesObject[]) => readonly KubernetesObject[] = (stored) => stored;
  /** Told each call before it is dealt with: somebody else may do something at that moment. */
  onCall: (call: string) => void = () => undefined;
  /** Why a call fails, as the API server says it; undefined: it does not. */
  refusal: (call: string) => string | undefined = () => undefined;
  onExec: (pod: PodName, command: readonly string[], stdin: string) => Partial<ExecResult> =
    () => ({});
  onRequest: (pod: PodName, port: number, request: ProxiedRequest) => Partial<HttpAnswer> =
    () => ({});
  attachedExitCode = 0;
  /** Why a pod may not be evicted now. One that may is gone at once. */
  onEvict: (pod: PodName) => string | undefined = () => undefined;
  /** Of nodes by their name; those without have no figures. */
  readonly summaries = new Map<string, NodeSummary>();
  /** Of pods without a log of their own. */
  log: readonly string[] = [];
  readonly #logs = new Map<string, FakeLog>();
  readonly #stored = new Map<string, Json & KubernetesObject>();
  readonly #watchers = new Set<() => void>();
  #uids = 0;

  /** Puts an object there as somebody else would. */
  put(object: KubernetesObject): void {
    const { kind = "", metadata } = object;
    this.#store(keyOf({ kind, name: metadata?.name ?? "", ...namespaceIn(object) }), object);
  }

  /** As stored, without the view. */
  stored(ref: ObjectRef): (Json & KubernetesObject) | undefined {
    return this.#stored.get(keyOf(ref));
  }

  /** Tells those that watch that the view is another one. */
  changed(): void {
    for (const wake of this.#watchers) wake();
  }

  setLog(pod: string, lines: readonly string[], previous: readonly string[] = []): void {
    this.#logs.set(pod, { lines, previous });
    this.changed();
  }

  /** All that is stored, without the view. */
  get objects(): readonly (Json & KubernetesObject)[] {
    return [...this.#stored.values()];
  }

  async checkReady(options: WaitOptions = {}): Promise<void> {
    this.#begin("checkReady", options);
    return Promise.resolve();
  }

  async get(object: ObjectRef, options: WaitOptions = {}): Promise<KubernetesObject | undefined> {
    this.#begin(`get ${object.kind}/${object.name}`, options);
    return this.#seen().find((each) => keyOf(refOf(each)) === keyOf(object));
  }

  async getAll(
    objects: readonly ObjectRef[],
    options: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    const found: KubernetesObject[] = [];
    for (const object of objects) {
      const each = await this.get(object, options);
      if (each !== undefined) found.push(each);
    }
    return found;
  }

  async list(
    { kinds, namespace, labels }: Selection,
    options: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    this.#begin(`list ${kinds.join(",")}`, options);
    const seen = this.#seen();
    return kinds.flatMap((kind) => seen.filter(matching({ kind, namespace, labels })));
  }

  async *watch(
    { kind, namespace, labels, fields }: WatchSelection,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<FeedChange, void, undefined> {
    this.#begin(`watch ${kind}`, { signal });
    const name = fields?.["metadata.name"];
    const node = fields?.["spec.nodeName"];
    const look = () =>
      this.#seen()
        .filter(matching({ kind, namespace, labels }))
        .filter(({ metadata }) => name === undefined || metadata?.name === name)
        .filter(({ spec }) => node === undefined || spec?.nodeName === node);
    let before = look();
    yield { type: "listed", objects: before };
    for (;;) {
      const now = look();
      const same = (object: KubernetesObject, others: readonly KubernetesObject[]) =>
        others.find(({ metadata }) => metadata?.uid === object.metadata?.uid);
      for (const object of before) {
        if (same(object, now) === undefined) yield { type: "removed", object };
      }
      for (const object of now) {
        if (!isDeepStrictEqual(same(object, before), object)) yield { type: "changed", object };
      }
      before = now;
      if (isDeepStrictEqual(look(), now)) await this.#untilChanged(signal);
    }
  }

  async apply(objects: readonly Manifest[], options: WaitOptions = {}): Promise<void> {
    for (const object of inOrder(objects)) {
      const { apiVersion, kind, metadata } = object;
      const ref = { kind, group: groupOf(apiVersion), ...metadata };
      this.#begin(`apply ${kind}/${metadata.name}`, options);
      const namespace = isOfCluster(ref) ? undefined : (metadata.namespace ?? "default");
      if (namespace !== undefined && !this.namespaces.has(namespace)) {
        throw failure(`apply ${kind}/${metadata.name}`, `namespaces "${namespace}" not found`);
      }
      if (kind === "Namespace") this.namespaces.add(metadata.name);
      const twice = namedTwice(object);
      if (twice !== undefined) {
        throw failure(
          `apply ${kind}/${metadata.name}`,
          `duplicate entries for key [name="${twice}"]`,
        );
      }
      const wanted = withLastApplied(object) as Manifest & Json;
      const live = this.#stored.get(keyOf(ref));
      const before = live === undefined ? {} : ((lastApplied(live) ?? {}) as Json);
      const place = namespace === undefined ? {} : { namespace };
      const merged = merge(withoutGone(live ?? {}, before, wanted) as Json, wanted);
      this.#store(keyOf(ref), {
        ...merged,
        metadata: { ...(merged["metadata"] as Json), ...place },
      });
    }
  }

  async patch(
    object: ObjectRef,
    operations: readonly PatchOperation[],
    options: WaitOptions = {},
  ): Promise<void> {
    this.#begin(`patch ${object.kind}/${object.name}`, options);
    const live = structuredClone(this.#mustHave(object, "change"));
    const failures = applyPatch(live, operations as Operation[]).filter((each) => each !== null);
    if (failures[0] !== undefined) throw failure("change it", failures[0].message);
    this.#store(keyOf(object), live);
  }

  async scale(object: ObjectRef, replicas: number, options: WaitOptions = {}): Promise<void> {
    this.#begin(`scale ${object.kind}/${object.name} ${replicas}`, options);
    const live = this.#mustHave(object, "scale");
    this.#store(keyOf(object), { ...live, spec: { ...live.spec, replicas } });
  }

  async remove(
    objects: readonly ObjectRef[],
    options: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    const removed: ObjectRef[] = [];
    for (const object of objects) {
      this.#begin(`remove ${object.kind}/${object.name}`, options);
      if (this.#stored.delete(keyOf(object))) removed.push(object);
    }
    this.changed();
    return removed;
  }

  async removeAll(
    { kinds, namespace, labels }: Selection & { readonly labels: Labels },
    options: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    this.#begin(`removeAll ${kinds.join(",")}`, options);
    const all = [...this.#stored.values()];
    const found = kinds.flatMap((kind) => all.filter(matching({ kind, namespace, labels })));
    return this.remove(found.map(refOf), options);
  }

  async ensureNamespace(name: string, options: WaitOptions = {}): Promise<void> {
    this.#begin(`ensureNamespace ${name}`, options);
    this.namespaces.add(name);
  }

  /** Of the stored objects of kind Event. */
  async events(object: ObjectRef, options: WaitOptions = {}): Promise<readonly ClusterEvent[]> {
    this.#begin(`events ${object.kind}/${object.name}`, options);
    return this.#seen().filter((each) => {
      const { kind, involvedObject } = each as KubernetesObject & {
        readonly involvedObject?: { readonly kind?: string; readonly name?: string };
      };
      return (
        kind === "Event" &&
        involvedObject?.kind === object.kind &&
        involvedObject.name === object.name
      );
    });
  }

  async *logs(pod: PodName, options: LogOptions): AsyncGenerator<string, void, undefined> {
    const { follow, previous, tail, limitBytes, sinceSeconds, sinceTime, signal } = options;
    const limits = Object.entries({ follow, previous, tail, limitBytes, sinceSeconds, sinceTime })
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([key, value]) => ` ${key}=${String(value)}`);
    this.#begin(`logs ${pod.name}${limits.join("")}`, options);
    const isKnown = this.#logs.has(pod.name);
    const linesNow = () => {
      const log = this.#logs.get(pod.name) ?? { lines: this.log, previous: this.log };
      return previous === true ? log.previous : log.lines;
    };
    if (
      !isKnown &&
      !this.#seen().some((each) => each.kind === "Pod" && each.metadata?.name === pod.name)
    ) {
      throw failure(`read the log of ${pod.name}`, `pods "${pod.name}" not found`);
    }
    if (limitBytes !== undefined) {
      yield* linesNow().join("\n").slice(0, limitBytes).split("\n");
      return;
    }
    let told = tail === undefined ? 0 : Math.max(0, linesNow().length - tail);
    for (;;) {
      const lines = linesNow().slice(told);
      told += lines.length;
      yield* lines;
      if (follow !== true || signal === undefined) return;
      if (linesNow().length === told) await this.#untilChanged(signal);
    }
  }

  async exec(
    pod: PodName,
    command: readonly string[],
    options: WaitOptions & { readonly stdin?: string } = {},
  ): Promise<ExecResult> {
    this.#begin(`exec ${pod.name} ${command.join(" ")}`, options);
    const ref = { kind: "Pod", name: pod.name, namespace: pod.namespace };
    if (!this.#seen().some((each) => keyOf(refOf(each)) === keyOf(ref))) {
      throw failure(`run ${command[0] ?? ""} in pod ${pod.name}`, `pods "${pod.name}" not found`);
    }
    const result = this.onExec(pod, command, options.stdin ?? "");
    return { exitCode: 0, stdout: "", stderr: "", ...result };
  }

  async attach(
    object: ObjectRef,
    command: readonly string[],
    { hasTerminal, signal, container }: Parameters<ClusterApi["attach"]>[2],
  ): Promise<number> {
    const place = container === undefined ? "" : ` in ${container}`;
    const terminal = hasTerminal ? " with a terminal" : "";
    const what = `${object.kind}/${object.name}${place} ${command.join(" ")}${terminal}`;
    this.#begin(`attach ${what}`, { signal });
    return this.attachedExitCode;
  }

  async request(
    pod: PodName & { readonly port: number },
    request: ProxiedRequest,
    options: WaitOptions = {},
  ): Promise<HttpAnswer> {
    this.#begin(`request ${pod.name}:${pod.port} ${request.method} ${request.path}`, options);
    return { status: 200, contentType: "", body: "", ...this.onRequest(pod, pod.port, request) };
  }

  async evict(
    { name, namespace }: PodName,
    options: WaitOptions = {},
  ): Promise<string | undefined> {
    this.#begin(`evict ${name}`, options);
    const reason = this.onEvict({ name, namespace });
    if (reason === undefined) this.#stored.delete(keyOf({ kind: "Pod", name, namespace }));
    this.changed();
    return reason;
  }

  async nodeSummary(node: string, options: WaitOptions = {}): Promise<NodeSummary | undefined> {
    this.#begin(`nodeSummary ${node}`, options);
    return this.summaries.get(node);
  }

  async untilRolledOut(
    { name, namespace = "default" }: Omit<ObjectRef, "kind" | "group">,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    const fields = { "metadata.name": name };
    for await (const change of this.watch({ kind: "Deployment", namespace, fields }, { signal })) {
      const objects =
        change.type === "listed"
          ? change.objects
          : change.type === "changed"
            ? [change.object]
            : [];
      if (objects.some((object) => isRolledOut(object))) return;
    }
  }

  #begin(call: string, { signal }: WaitOptions): void {
    signal?.throwIfAborted();
    this.calls.push(call);
    this.onCall(call);
    const reason = this.refusal(call);
    if (reason !== undefined) throw failure(call, reason);
  }

  #seen(): readonly KubernetesObject[] {
    const namespaces = [...this.namespaces].map((name) => ({
      ...{ apiVersion: "v1", kind: "Namespace", metadata: { name, uid: `uid-of-${name}` } },
    }));
    return this.view([...namespaces, ...this.#stored.values()]);
  }

  #mustHave(object: ObjectRef, verb: string): Json & KubernetesObject {
    const live = this.#stored.get(keyOf(object));
    const name = `${object.kind.toLowerCase()}s "${object.name}"`;
    if (live === undefined) throw failure(`${verb} ${object.name}`, `${name} not found`);
    return live;
  }

  #store(key: string, given: KubernetesObject): void {
    const object = withDefaults(given);
    const before = this.#stored.get(key);
    const isOther = !isDeepStrictEqual(before?.spec, object.spec);
    const generation = (before?.metadata?.generation ?? 0) + (isOther ? 1 : 0);
    const uid = before?.metadata?.uid ?? object.metadata?.uid ?? `uid-${++this.#uids}`;
    this.#stored.set(key, { ...object, metadata: { ...object.metadata, generation, uid } });
    this.changed();
  }

  #untilChanged(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#watchers.delete(wake);
        signal.removeEventListener("abort", abort);
      };
      const wake = () => {
        end();
        resolve();
      };
      const abort = () => {
        end();
        reject(signal.reason as Error);
      };
      if (signal.aborted) return void abort();
      this.#watchers.add(wake);
      signal.addEventListener("abort", abort, { once: true });
    });
  }
}

function failure(what: string, reason: string): ToolError {
  return new ToolError("cluster-request-failed", { what, reason });
}

/** Lists whose elements are known by their names may have each once, or a server-side apply is refused. */
function namedTwice(value: unknown, key = ""): string | undefined {
  if (Array.isArray(value)) {
    const isNamed = ["containers", "initContainers", "env", "volumes"].includes(key);
    const names = isNamed ? value.map((each: { readonly name?: string }) => each.name) : [];
    return (
      names.find((name, i) => names.indexOf(name) !== i) ??
      value.map((each) => namedTwice(each)).find((found) => found !== undefined)
    );
  }
  if (!isJson(value)) return undefined;
  return Object.entries(value)
    .map(([name, each]) => namedTwice(each, name))
    .find((found) => found !== undefined);
}

/** As far as somebody relies on them. */
function withDefaults(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Deployment" || object.spec === undefined) return object;
  return { ...object, spec: { ...object.spec, replicas: object.spec.replicas ?? 1 } };
}

function isOfCluster({ kind }: { readonly kind: string }): boolean {
  return resources.some((each) => each.kind === kind && each.isOfCluster === true);
}

function keyOf(ref: ObjectRef): string {
  const { kind, name, namespace = "default" } = ref;
  return isOfCluster(ref) ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function namespaceIn({ metadata }: KubernetesObject): { readonly namespace?: string } {
  return metadata?.namespace === undefined ? {} : { namespace: metadata.namespace };
}

function refOf(object: KubernetesObject): ObjectRef {
  const { kind = "", metadata } = object;
  return { kind, name: metadata?.name ?? "", ...namespaceIn(object) };
}

function matching({
  kind,
  namespace,
  labels = {},
}: {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly labels: Labels | undefined;
}): (object: KubernetesObject) => boolean {
  return (object) =>
    object.kind === kind &&
    (namespace === undefined ||
      isOfCluster({ kind }) ||
      (object.metadata?.namespace ?? "default") === namespace) &&
    Object.entries(labels).every(([key, value]) => object.metadata?.labels?.[key] === value);
}

/** Fields that were applied and are no longer are taken away; lists are replaced as a whole. */
function withoutGone(live: unknown, before: unknown, wanted: unknown): unknown {
  if (!isJson(live) || !isJson(before)) return live;
  const entries = Object.entries(live).flatMap(([key, value]) => {
    if (!(key in before)) return [[key, value] as const];
    if (!isJson(wanted) || !(key in wanted)) return [];
    return [[key, withoutGone(value, before[key], wanted[key])] as const];
  });
  return Object.fromEntries(entries);
}

function merge(live: Json, wanted: Manifest & Json): Json {
  return mergePatch(live, wanted) as Json;
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
