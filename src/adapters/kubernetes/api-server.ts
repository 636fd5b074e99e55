import { holdsContents, withLastApplied } from "../../kubernetes/last-applied.ts";
import { FIELD_MANAGER } from "../../kubernetes/field-manager.ts";
import { toSelector } from "../../kubernetes/selector.ts";
import { ExecOutput, planExecInPod } from "../../kubernetes/plan-exec.ts";
import {
  groupOf,
  groupPath,
  knownResource,
  resourcePath,
  resources,
  type Resource,
} from "../../kubernetes/resources.ts";
import { planEviction, summaryPath } from "../../kubernetes/subresources.ts";
import type { Clock } from "../../ports/clock.ts";
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
  PodName,
  RemoveOptions,
  Selection,
  WatchSelection,
} from "../../ports/cluster-api.ts";
import type { WaitOptions } from "../../ports/container-engine.ts";
import type { Http, HttpAnswer, HttpRequest, HttpStream } from "../../ports/http.ts";
import { nameOf, requesting, RequestFailure, Status } from "./request-failure.ts";
import { OutOfReach, type Servers } from "./servers.ts";
import { takeOver } from "./take-over.ts";
import { untilGone, untilRolledOut, watchObjects, type FeedReader } from "./run-feed.ts";

const TIMEOUT_MS = 5_000;
const MAX_BODY_BYTES = 64 * 1024 ** 2;

interface Request extends HttpRequest {
  readonly path: string;
}

/**
 * The API server itself, by HTTP at its published port, with the administrator's certificate: a request takes a few
 * milliseconds, a kubectl in the node a third of a second of the processor.
 */
export class ApiServer implements Omit<ClusterApi, "attach">, FeedReader {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #servers: Servers;
  readonly #discovered = new Map<string, Promise<readonly Resource[]>>();

  constructor(servers: Servers, { http, clock }: { readonly http: Http; readonly clock: Clock }) {
    this.#servers = servers;
    this.#http = http;
    this.#clock = clock;
  }

  async checkReady({ signal }: WaitOptions = {}): Promise<void> {
    await requesting("reach the API server", () =>
      this.#send({ method: "GET", path: "/readyz" }, signal),
    );
  }

  get(object: ObjectRef, { signal }: WaitOptions = {}): Promise<KubernetesObject | undefined> {
    return requesting(`read ${nameOf(object)}`, async () =>
      this.#read(await this.#pathOf(object, signal), signal),
    );
  }

  async getAll(
    objects: readonly ObjectRef[],
    options: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    const found = await Promise.all(objects.map((object) => this.get(object, options)));
    return found.filter((object) => object !== undefined);
  }

  async list(
    { kinds, namespace, labels }: Selection,
    { signal }: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    const query = labels === undefined ? {} : { labelSelector: toSelector(labels) };
    const lists = await requesting(`list ${kinds.join(", ")}`, () =>
      Promise.all(
        kinds.map((kind) => this.#list(knownResource(kind), { namespace, query, signal })),
      ),
    );
    return lists.flat();
  }

  watch(
    selection: WatchSelection,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<FeedChange> {
    return watchObjects(this, selection, { clock: this.#clock, signal });
  }

  async apply(objects: readonly Manifest[], { signal }: WaitOptions = {}): Promise<void> {
    const apply = (object: Manifest) => {
      const { kind, metadata } = object;
      return requesting(`apply ${nameOf({ kind, ...metadata })}`, () =>
        this.#apply(object, signal),
      );
    };
    await Promise.all(objects.filter(holdsContents).map(apply));
    for (const object of objects) if (!holdsContents(object)) await apply(object);
  }

  async patch(
    object: ObjectRef,
    operations: Parameters<ClusterApi["patch"]>[1],
    { signal }: WaitOptions = {},
  ): Promise<void> {
    await requesting(`change ${nameOf(object)}`, async () => {
      const path = `${await this.#pathOf(object, signal)}?fieldManager=${FIELD_MANAGER}`;
      await this.#send(
        { method: "PATCH", path, ...json(operations, "application/json-patch+json") },
        signal,
      );
    });
  }

  async scale(object: ObjectRef, replicas: number, { signal }: WaitOptions = {}): Promise<void> {
    await requesting(`scale ${nameOf(object)}`, async () => {
      const path = `${await this.#pathOf(object, signal)}/scale?fieldManager=${FIELD_MANAGER}`;
      const patch = json({ spec: { replicas } }, "application/merge-patch+json");
      await this.#send({ method: "PATCH", path, ...patch }, signal);
    });
  }

  async remove(
    objects: readonly ObjectRef[],
    { withinMs, signal }: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    const propagationPolicy = withinMs === undefined ? "Background" : "Foreground";
    const removed: { readonly ref: ObjectRef; readonly uid: string | undefined }[] = [];
    for (const ref of objects) {
      const uid = await requesting(`remove ${nameOf(ref)}`, () =>
        this.#remove(ref, propagationPolicy, signal),
      );
      if (uid !== "none") removed.push({ ref, uid });
    }
    if (withinMs !== undefined) await this.#untilGone(removed, { withinMs, signal });
    return removed.map(({ ref }) => ref);
  }

  async removeAll(
    selection: Selection & { readonly labels: Labels },
    options: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    return this.remove((await this.list(selection, options)).map(refOf), options);
  }

  async ensureNamespace(name: string, { signal }: WaitOptions = {}): Promise<void> {
    if (
      (await this.get({ kind: "Namespace", name }, { ...(signal && { signal }) })) !== undefined
    ) {
      return;
    }
    await requesting(`create namespace ${name}`, async () => {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
      const path = resourcePath(knownResource("Namespace"), {});
      const answer = await this.#ask({ method: "POST", path, ...json(namespace) }, signal);
      // Made by somebody else at the same moment.
      if (answer.status !== Status.Conflict) mustBeFine(answer);
    });
  }

  events(object: ObjectRef, { signal }: WaitOptions = {}): Promise<readonly ClusterEvent[]> {
    const { kind, name, namespace = "default" } = object;
    const query = {
      fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
    };
    return requesting(`list events of ${nameOf(object)}`, async () => {
      const events = await this.#list(knownResource("Event"), { namespace, query, signal });
      return events;
    });
  }

  async *logs(pod: PodName, options: LogOptions): AsyncGenerator<string, void, undefined> {
    const lines = await requesting(`read the log of ${pod.name}`, () =>
      this.#openLog(pod, options),
    );
    try {
      yield* lines;
    } catch (error) {
      // A log that breaks off has ended: what was told is not told again.
      if (!(error instanceof RequestFailure)) throw error;
    }
  }

  async exec(
    pod: PodName,
    command: readonly string[],
    { stdin, signal }: WaitOptions & { readonly stdin?: string } = {},
  ): ReturnType<ClusterApi["exec"]> {
    const { path, protocol, messages } = planExecInPod(pod, command, stdin);
    return requesting(`run ${command[0] ?? ""} in pod ${pod.name}`, async () => {
      const output = new ExecOutput();
      const end = await this.#servers.first(async ({ url, tls }) => {
        const ended = await this.#http.converse(`${url}${path}`, {
          ...{ protocol, messages, tls },
          onMessage: (message) => output.add(message),
          ...(signal && { signal }),
        });
        return ended === "refused" ? undefined : ended;
      });
      if (end === undefined) {
        // A WebSocket tells no reason: mostly there is no such pod.
        await this.#send({ method: "GET", path: resourcePath(knownResource("Pod"), pod) }, signal);
        throw new OutOfReach("no API server took the connection");
      }
      // Not again: it has begun, and may have ended.
      const { result, refusal } = output;
      if (result !== undefined) return result;
      throw new RequestFailure(refusal ?? "the connection to the pod ended before the program");
    });
  }

  async request(
    { name, namespace, port }: PodName & { readonly port: number },
    { method, path, body }: Parameters<ClusterApi["request"]>[1],
    { signal }: WaitOptions = {},
  ): Promise<HttpAnswer> {
    const pod = resourcePath(knownResource("Pod"), { namespace, name: `${name}:${port}` });
    const content = body === undefined ? {} : { body, contentType: "application/json" };
    return requesting(`ask pod ${name} for ${path}`, () =>
      this.#ask({ method, path: `${pod}/proxy${path}`, ...content }, signal),
    );
  }

  evict(pod: PodName, { signal }: WaitOptions = {}): Promise<string | undefined> {
    return requesting(`evict pod ${pod.name}`, async () => {
      const { path, eviction } = planEviction(pod);
      const answer = await this.#ask({ method: "POST", path, ...json(eviction) }, signal);
      if (answer.status === Status.NotFound) return undefined;
      if (answer.status === Status.TooManyRequests)
        return refusal(answer.status, answer.body).message;
      mustBeFine(answer);
      return undefined;
    });
  }

  nodeSummary(node: string, { signal }: WaitOptions = {}): Promise<NodeSummary | undefined> {
    return requesting(`read the figures of node ${node}`, async () => {
      const answer = await this.#ask({ method: "GET", path: summaryPath(node) }, signal);
      if (answer.status === Status.NotFound || answer.status === Status.Forbidden) return undefined;
      return parsed(mustBeFine(answer)) as NodeSummary;
    });
  }

  async untilRolledOut(
    { name, namespace = "default" }: Omit<ObjectRef, "kind" | "group">,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    await untilRolledOut({ name, namespace }, this, { clock: this.#clock, signal });
  }

  async read(path: string, signal: AbortSignal): Promise<string> {
    return mustBeFine(await this.#ask({ method: "GET", path }, signal)).body;
  }

  async open(path: string, signal: AbortSignal): Promise<AsyncIterable<string>> {
    return this.#open(path, signal);
  }

  async #open(path: string, signal: AbortSignal | undefined): Promise<AsyncIterable<string>> {
    const stream = await this.#servers.first(({ url, tls }) =>
      this.#http.open(`${url}${path}`, { tls, timeoutMs: TIMEOUT_MS, ...(signal && { signal }) }),
    );
    if (stream === undefined) throw this.#servers.outOfReach();
    if (stream.status !== OK) throw await refusalOf(stream);
    return unbroken(stream.lines, signal);
  }

  async #openLog(pod: PodName, options: LogOptions): Promise<AsyncIterable<string>> {
    const { signal } = options;
    try {
      return await this.#open(logPath(pod, options), signal);
    } catch (error) {
      // It has several containers, and none was named; there is no other sign of it than the text.
      if (!(error instanceof RequestFailure) || error.status !== Status.BadRequest) throw error;
      if (!error.message.startsWith("a container name must be specified")) throw error;
      const container = firstContainerOf(
        await this.#read(resourcePath(knownResource("Pod"), pod), signal),
      );
      return this.#open(logPath({ ...pod, ...container }, options), signal);
    }
  }

  async #apply(object: Manifest, signal: AbortSignal | undefined): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace } = metadata;
    const resource = await this.#resourceOf(apiVersion, kind, signal);
    const path = resourcePath(resource, { namespace: namespace ?? "default", name });
    const query = `?fieldManager=${FIELD_MANAGER}&force=true`;
    const content = json(withLastApplied(object), "application/apply-patch+yaml");
    const apply = () =>
      this.#send({ method: "PATCH", path: `${path}${query}`, ...content }, signal);
    const applied = await this.#unlessInvalid(apply);
    // What was applied on the client's side before and ours may not go together: two handlers of a probe, say.
    const live = applied instanceof RequestFailure ? await this.#read(path, signal) : applied;
    const isTaken = await takeOver(live ?? {}, {
      patch: (operations) => {
        const patch = json(operations, "application/json-patch+json");
        return this.#send({ method: "PATCH", path, ...patch }, signal);
      },
      read: async () => (await this.#read(path, signal)) ?? {},
      signal,
    });
    if (isTaken) await apply();
    else if (applied instanceof RequestFailure) throw applied;
  }

  /** The object as it is then, or why the API server cannot have it like that. */
  async #unlessInvalid(apply: () => Promise<HttpAnswer>): Promise<unknown> {
    try {
      return parsed(await apply());
    } catch (error) {
      if (error instanceof RequestFailure && error.status === Status.Invalid) return error;
      throw error;
    }
  }

  /** The uid of what goes; "none": there was nothing. */
  async #remove(
    ref: ObjectRef,
    propagationPolicy: "Background" | "Foreground",
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const path = await this.#pathOf(ref, signal);
    const options = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy };
    const answer = await this.#ask({ method: "DELETE", path, ...json(options) }, signal);
    if (answer.status === Status.NotFound) return "none";
    // The object where it is still there, else a Status about it.
    const { metadata, details } = JSON.parse(mustBeFine(answer).body) as KubernetesObject & {
      readonly details?: { readonly uid?: string };
    };
    return metadata?.uid ?? details?.uid;
  }

  async #untilGone(
    removed: readonly { readonly ref: ObjectRef; readonly uid: string | undefined }[],
    { withinMs, signal }: { readonly withinMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<void> {
    const deadline = this.#clock.deadline(withinMs);
    const together = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    const waits = removed.map(async ({ ref, uid }) => {
      const resource = await this.#resourceOfRef(ref, signal);
      const path = resourcePath(resource, { namespace: ref.namespace ?? "default" });
      const live = await this.#read(`${path}/${encodeURIComponent(ref.name)}`, signal);
      if (live === undefined || live.metadata?.uid !== uid) return;
      const options = { clock: this.#clock, signal: together };
      await untilGone({ name: ref.name, uid, ...resource }, path, this, options);
    });
    const ended = await Promise.allSettled(waits);
    signal?.throwIfAborted();
    for (const [i, end] of ended.entries()) {
      const what = removed[i] === undefined ? "" : nameOf(removed[i].ref);
      if (end.status === "fulfilled") continue;
      await requesting(`remove ${what}`, () => {
        const reason = `it was still there after ${Math.round(withinMs / 1000)} s`;
        throw deadline.aborted ? new RequestFailure(reason) : end.reason;
      });
    }
  }

  /** Undefined when there is none. */
  async #read(
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject | undefined> {
    const answer = await this.#ask({ method: "GET", path }, signal);
    if (answer.status === Status.NotFound) return undefined;
    return parsed(mustBeFine(answer)) as KubernetesObject;
  }

  async #list(
    { kind, apiVersion, ...place }: Resource,
    {
      namespace,
      query,
      signal,
    }: {
      readonly namespace: string | undefined;
      readonly query: Labels;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<readonly KubernetesObject[]> {
    const selection = new URLSearchParams(query).toString();
    const path = resourcePath({ kind, apiVersion, ...place }, { namespace });
    const answer = await this.#ask(
      { method: "GET", path: selection === "" ? path : `${path}?${selection}` },
      signal,
    );
    const { items } = parsed(mustBeFine(answer)) as {
      readonly items?: readonly KubernetesObject[] | null;
    };
    // Lists leave kind and version out of their items.
    return (items ?? []).map((item) => ({ apiVersion, kind, ...item }));
  }

  async #pathOf(ref: ObjectRef, signal: AbortSignal | undefined): Promise<string> {
    const { name, namespace = "default" } = ref;
    return resourcePath(await this.#resourceOfRef(ref, signal), { namespace, name });
  }

  async #resourceOfRef(
    { kind, group }: ObjectRef,
    signal: AbortSignal | undefined,
  ): Promise<Resource> {
    const known = resources.find(
      (each) => each.kind === kind && (group === undefined || groupOf(each.apiVersion) === group),
    );
    if (known !== undefined) return known;
    if (group === undefined) throw new RequestFailure(`no API group is named for kind ${kind}`);
    if (group === "") return this.#resourceOf("v1", kind, signal);
    const answer = await this.#ask({ method: "GET", path: `/apis/${group}` }, signal);
    const { preferredVersion } = parsed(mustBeFine(answer)) as {
      readonly preferredVersion?: { readonly groupVersion?: string };
    };
    return this.#resourceOf(preferredVersion?.groupVersion ?? "", kind, signal);
  }

  async #resourceOf(
    apiVersion: string,
    kind: string,
    signal: AbortSignal | undefined,
  ): Promise<Resource> {
    const known = resources.find((each) => each.kind === kind && each.apiVersion === apiVersion);
    if (known !== undefined) return known;
    const discovering = this.#discovered.get(apiVersion) ?? this.#discover(apiVersion, signal);
    this.#discovered.set(apiVersion, discovering);
    const forget = () => this.#discovered.delete(apiVersion);
    const found = (
      await discovering.catch((error: unknown) => (forget(), Promise.reject(error as Error)))
    ).find((each) => each.kind === kind);
    if (found !== undefined) return found;
    // It may be defined by now.
    forget();
    throw new RequestFailure(`the cluster has no kind ${kind} in ${apiVersion}`, {
      status: Status.NotFound,
    });
  }

  /** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
  async #discover(
    apiVersion: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly Resource[]> {
    const answer = await this.#ask({ method: "GET", path: groupPath(apiVersion) }, signal);
    const { resources: listed = [] } = parsed(mustBeFine(answer)) as {
      readonly resources?: readonly {
        readonly name: string;
        readonly kind: string;
        readonly namespaced: boolean;
      }[];
    };
    return listed
      .filter(({ name }) => !name.includes("/"))
      .map(({ name, kind, namespaced }) => ({
        ...{ kind, apiVersion, plural: name, isOfCluster: !namespaced },
      }));
  }

  async #send(request: Request, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    return mustBeFine(await this.#ask(request, signal));
  }

  async #ask({ path, ...request }: Request, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const answer = await this.#servers.first(({ url, tls }) =>
      this.#http.send(`${url}${path}`, request, {
        ...{ tls, timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES },
        ...(signal && { signal }),
      }),
    );
    if (answer === undefined) throw this.#servers.outOfReach();
    return answer;
  }
}

const OK = 200;

function refOf({ apiVersion = "", kind = "", metadata }: KubernetesObject): ObjectRef {
  const { name = "", namespace } = metadata ?? {};
  return {
    kind,
    group: groupOf(apiVersion),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** As kubectl chooses it. https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container */
function firstContainerOf(pod: KubernetesObject | undefined): Pick<PodName, "container"> {
  const container =
    pod?.metadata?.annotations?.["kubectl.kubernetes.io/default-container"] ??
    pod?.spec?.containers?.[0]?.name;
  return container === undefined ? {} : { container };
}

function json(
  content: unknown,
  contentType = "application/json",
): Pick<Required<HttpRequest>, "body" | "contentType"> {
  return { body: JSON.stringify(content), contentType };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
function logPath(
  { name, namespace, container }: PodName,
  { follow, previous, sinceSeconds, sinceTime, tail, limitBytes, timestamps }: LogOptions,
): string {
  const query = new URLSearchParams();
  const set = (key: string, value: string | number | boolean | undefined) => {
    if (value !== undefined && value !== false) query.set(key, String(value));
  };
  set("container", container);
  set("follow", follow);
  set("previous", previous);
  set("sinceSeconds", sinceSeconds);
  set("sinceTime", sinceTime);
  set("tailLines", tail);
  set("limitBytes", limitBytes);
  set("timestamps", timestamps);
  return `${resourcePath(knownResource("Pod"), { namespace, name })}/log?${query.toString()}`;
}

/** Throws a RequestFailure with what the API server says. */
function mustBeFine(answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusal(answer.status, answer.body);
}

async function refusalOf({ status, lines }: HttpStream): Promise<RequestFailure> {
  const body: string[] = [];
  for await (const line of lines) body.push(line);
  return refusal(status, body.join("\n"));
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function refusal(status: number, body: string): RequestFailure {
  const message = statusMessage(body);
  return new RequestFailure(message ?? `the API server answers ${status}: ${body.trim()}`, {
    status,
  });
}

function statusMessage(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { readonly message?: string } | null)?.message;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsed({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new RequestFailure("the API server's answer is no JSON", { cause });
  }
}

async function* unbroken(
  lines: AsyncIterable<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  try {
    yield* lines;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RequestFailure("the connection to the API server broke off", { cause });
  }
}
