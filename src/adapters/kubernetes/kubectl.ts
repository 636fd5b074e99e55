import { inOrder, withLastApplied } from "../../kubernetes/last-applied.ts";
import { FIELD_MANAGER } from "../../kubernetes/field-manager.ts";
import {
  groupOf,
  knownResource,
  resourcePath,
  resources,
  type Resource,
} from "../../kubernetes/resources.ts";
import { planEviction, summaryPath } from "../../kubernetes/subresources.ts";
import { toSelector } from "../../kubernetes/selector.ts";
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
import type { ExecResult, WaitOptions } from "../../ports/container-engine.ts";
import type { HttpAnswer } from "../../ports/http.ts";
import { linesFrom } from "./lines-from.ts";
import { nameOf, requesting, RequestFailure, Status } from "./request-failure.ts";
import { untilRolledOut, watchObjects, type FeedReader } from "./run-feed.ts";
import { takeOver } from "./take-over.ts";

/** Runs kubectl, which knows its cluster; a non-zero exit code is a result. */
export interface KubectlProgram {
  run(
    args: readonly string[],
    options: WaitOptions & { readonly stdin?: string },
  ): Promise<ExecResult>;
  /** One that goes on; nothing of it is left running when the signal aborts. */
  follow(
    args: readonly string[],
    options: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
  ): Promise<number>;
  /** With this process's stdin, stdout and stderr. */
  attach(
    args: readonly string[],
    options: { readonly hasTerminal: boolean; readonly signal: AbortSignal },
  ): Promise<number>;
}

/** A cluster's API by way of kubectl. The only place where its command lines are written. */
export class Kubectl implements ClusterApi, FeedReader {
  readonly #program: KubectlProgram;
  readonly #clock: Clock;

  constructor(program: KubectlProgram, { clock }: { readonly clock: Clock }) {
    this.#program = program;
    this.#clock = clock;
  }

  async checkReady(options: WaitOptions = {}): Promise<void> {
    await this.#run("reach the API server", ["get", "--raw", "/readyz"], options);
  }

  async get(object: ObjectRef, options: WaitOptions = {}): Promise<KubernetesObject | undefined> {
    return (await this.getAll([object], options))[0];
  }

  async getAll(
    objects: readonly ObjectRef[],
    options: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    return this.#getAll(objects, ["--output", "json"], options);
  }

  async list(
    { kinds, namespace, labels }: Selection,
    options: WaitOptions = {},
  ): Promise<readonly KubernetesObject[]> {
    const names = kinds.map((kind) => typeOf(knownResource(kind)));
    const args = ["get", names.join(","), ...placeOf(namespace), ...selecting(labels)];
    const output = await this.#run(
      `list ${kinds.join(", ")}`,
      [...args, "--output", "json"],
      options,
    );
    return itemsOf(output);
  }

  watch(
    selection: WatchSelection,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<FeedChange> {
    return watchObjects(this, selection, { clock: this.#clock, signal });
  }

  async apply(objects: readonly Manifest[], options: WaitOptions = {}): Promise<void> {
    if (objects.length === 0) return;
    const items = inOrder(objects).map(withLastApplied);
    const refs = items.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      ...{ kind, group: groupOf(apiVersion), name },
      ...(namespace === undefined ? {} : { namespace }),
    }));
    const what = `apply ${refs.map(({ group: _, ...ref }) => nameOf(ref)).join(", ")}`;
    const how = ["--server-side", "--force-conflicts", ...manager, "-f", "-", ...withManagers];
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const apply = async () =>
      itemsOf(await this.#run(what, ["apply", ...how], { ...options, stdin }));
    const applied = await apply().catch((error: unknown) => error as Error);
    const hasFailed = applied instanceof Error;
    // What was applied on the client's side before and ours may not go together: two handlers of a probe, say.
    const live = hasFailed ? await this.#readWithManagers(refs, options).catch(() => []) : applied;
    let isTaken = false;
    for (const object of live) {
      const { kind = "", apiVersion = "", metadata: { name = "", namespace } = {} } = object;
      const ref = { kind, group: groupOf(apiVersion), name, ...(namespace && { namespace }) };
      const took = await takeOver(object, {
        patch: (operations) => this.patch(ref, operations, options),
        read: async () => (await this.#readWithManagers([ref], options))[0] ?? {},
        signal: options.signal,
      });
      isTaken ||= took;
    }
    if (isTaken) await apply();
    else if (hasFailed) throw applied;
  }

  async patch(
    object: ObjectRef,
    operations: Parameters<ClusterApi["patch"]>[1],
    options: WaitOptions = {},
  ): Promise<void> {
    // Not by `--patch-file /dev/stdin`: a program's stdin is a socket where Node starts it, which cannot be opened.
    const how = ["--type", "json", `--patch=${JSON.stringify(operations)}`, ...manager];
    await this.#run(
      `change ${nameOf(object)}`,
      ["patch", argumentOf(object), ...placeOf(object.namespace ?? "default"), ...how],
      options,
    );
  }

  async scale(object: ObjectRef, replicas: number, options: WaitOptions = {}): Promise<void> {
    const place = placeOf(object.namespace ?? "default");
    const args = ["scale", argumentOf(object), ...place, `--replicas=${replicas}`];
    await this.#run(`scale ${nameOf(object)}`, args, options);
  }

  async remove(
    objects: readonly ObjectRef[],
    options: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    const removed: ObjectRef[] = [];
    for (const [place, refs] of byNamespace(objects)) {
      const output = await this.#run(
        `remove ${refs.map(nameOf).join(", ")}`,
        ["delete", ...refs.map(argumentOf), ...place, ...deleting(options)],
        options,
      );
      const names = new Set(output.split("\n"));
      removed.push(...refs.filter((ref) => names.has(printedNameOf(ref))));
    }
    return removed;
  }

  async removeAll(
    selection: Selection & { readonly labels: Labels },
    options: RemoveOptions = {},
  ): Promise<readonly ObjectRef[]> {
    const { kinds, namespace, labels } = selection;
    const names = kinds.map((kind) => typeOf(knownResource(kind))).join(",");
    const output = await this.#run(
      `remove ${kinds.join(", ")}`,
      ["delete", names, ...placeOf(namespace), ...selecting(labels), ...deleting(options)],
      options,
    );
    return output.split("\n").flatMap((line) => {
      const [type = "", name] = line.split("/");
      const kind = kinds.find((each) => printedTypeOf(knownResource(each)) === type);
      if (kind === undefined || name === undefined) return [];
      return [{ kind, name, ...(namespace === undefined ? {} : { namespace }) }];
    });
  }

  async ensureNamespace(name: string, options: WaitOptions = {}): Promise<void> {
    if ((await this.get({ kind: "Namespace", name }, options)) !== undefined) return;
    await requesting(`create namespace ${name}`, async () => {
      const result = await this.#program.run(["create", "namespace", name], options);
      // Made by somebody else at the same moment.
      if (result.exitCode !== 0 && failureOf(result).status !== Status.Conflict) {
        throw failureOf(result);
      }
    });
  }

  async events(object: ObjectRef, options: WaitOptions = {}): Promise<readonly ClusterEvent[]> {
    const { kind, name, namespace = "default" } = object;
    const of = `involvedObject.kind=${kind},involvedObject.name=${name}`;
    const args = ["get", "events", ...placeOf(namespace), "--field-selector", of];
    const what = `list events of ${nameOf(object)}`;
    const output = await this.#run(what, [...args, "--output", "json"], options);
    return itemsOf(output);
  }

  async *logs(pod: PodName, options: LogOptions): AsyncGenerator<string, void, undefined> {
    const what = `read the log of ${pod.name}`;
    const args = logArguments(pod, options);
    if (options.follow === true) {
      try {
        yield* this.#follow(args, options.signal);
      } catch (error) {
        await requesting(what, () => Promise.reject(error as Error));
      }
      return;
    }
    const text = await this.#run(what, args, options);
    yield* text.split("\n").slice(0, text.endsWith("\n") || text === "" ? -1 : undefined);
  }

  async exec(
    { name, namespace, container }: PodName,
    command: readonly string[],
    options: WaitOptions & { readonly stdin?: string } = {},
  ): Promise<ExecResult> {
    const result = await this.#program.run(
      [
        ...["exec", ...(options.stdin === undefined ? [] : ["--stdin"]), name],
        ...["--namespace", namespace, ...inContainer(container), "--", ...command],
      ],
      options,
    );
    const { exitCode, stderr } = result;
    if (exitCode === 0) return result;
    const ended = /(^|\n)command terminated with exit code \d+\n?$/.exec(stderr);
    if (ended !== null) {
      return { ...result, stderr: stderr.slice(0, ended.index + (ended[1] ?? "").length) };
    }
    return requesting(`run ${command[0] ?? ""} in pod ${name}`, () =>
      Promise.reject(failureOf(result)),
    );
  }

  async attach(
    object: ObjectRef,
    command: readonly string[],
    options: Parameters<ClusterApi["attach"]>[2],
  ): Promise<number> {
    const place = [...placeOf(object.namespace ?? "default"), ...inContainer(options.container)];
    const streams = ["--stdin", ...(options.hasTerminal ? ["--tty"] : [])];
    const args = ["exec", ...streams, argumentOf(object), ...place, "--", ...command];
    return this.#program.attach(args, options);
  }

  async request(
    { name, namespace, port }: PodName & { readonly port: number },
    { method, path, body }: Parameters<ClusterApi["request"]>[1],
    options: WaitOptions = {},
  ): Promise<HttpAnswer> {
    const pod = resourcePath(knownResource("Pod"), { namespace, name: `${name}:${port}` });
    const url = `${pod}/proxy${path}`;
    const result =
      method === "GET"
        ? await this.#program.run(["get", "--raw", url], options)
        : await this.#program.run(["create", "--raw", url, "-f", "-"], {
            ...options,
            stdin: body ?? "",
          });
    // kubectl tells no content type.
    const answer = { contentType: "" };
    if (result.exitCode === 0) return { ...answer, status: 200, body: result.stdout };
    const failure = failureOf(result);
    if (failure.status !== undefined) {
      return { ...answer, status: failure.status, body: failure.message };
    }
    return requesting(`ask pod ${name} for ${path}`, () => Promise.reject(failure));
  }

  async evict(pod: PodName, options: WaitOptions = {}): Promise<string | undefined> {
    const { path, eviction } = planEviction(pod);
    const args = ["create", "--raw", path, "-f", "-"];
    const stdin = JSON.stringify(eviction);
    const result = await this.#program.run(args, { ...options, stdin });
    if (result.exitCode === 0) return undefined;
    const failure = failureOf(result);
    if (failure.status === Status.NotFound) return undefined;
    if (failure.status === Status.TooManyRequests) return failure.message;
    return requesting(`evict pod ${pod.name}`, () => Promise.reject(failure));
  }

  async nodeSummary(node: string, options: WaitOptions = {}): Promise<NodeSummary | undefined> {
    const result = await this.#program.run(["get", "--raw", summaryPath(node)], options);
    if (result.exitCode === 0) return JSON.parse(result.stdout) as NodeSummary;
    const failure = failureOf(result);
    if (failure.status === Status.NotFound || failure.status === Status.Forbidden) return undefined;
    return requesting(`read the figures of node ${node}`, () => Promise.reject(failure));
  }

  async untilRolledOut(
    { name, namespace = "default" }: Omit<ObjectRef, "kind" | "group">,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<void> {
    await untilRolledOut({ name, namespace }, this, { clock: this.#clock, signal });
  }

  async read(path: string, signal: AbortSignal): Promise<string> {
    const result = await this.#program.run(["get", "--raw", path], { signal });
    if (result.exitCode !== 0) throw failureOf(result);
    return result.stdout;
  }

  async open(path: string, signal: AbortSignal): Promise<AsyncIterable<string>> {
    return Promise.resolve(this.#follow(["get", "--raw", path], signal));
  }

  #readWithManagers(
    objects: readonly ObjectRef[],
    options: WaitOptions,
  ): Promise<readonly KubernetesObject[]> {
    return this.#getAll(objects, withManagers, options);
  }

  async #getAll(
    objects: readonly ObjectRef[],
    output: readonly string[],
    options: WaitOptions,
  ): Promise<readonly KubernetesObject[]> {
    const found: KubernetesObject[] = [];
    for (const [place, refs] of byNamespace(objects)) {
      const args = ["get", ...refs.map(argumentOf), ...place, "--ignore-not-found", ...output];
      const what = `read ${refs.map(nameOf).join(", ")}`;
      found.push(...itemsOf(await this.#run(what, args, options)));
    }
    return found;
  }

  async #run(
    what: string,
    args: readonly string[],
    { signal, stdin }: WaitOptions & { readonly stdin?: string },
  ): Promise<string> {
    return requesting(what, async () => {
      const result = await this.#program.run(args, {
        ...(signal && { signal }),
        ...(stdin === undefined ? {} : { stdin }),
      });
      if (result.exitCode !== 0) throw failureOf(result);
      return result.stdout;
    });
  }

  /** Lines of stdout; kubectl's complaint of its end becomes a RequestFailure. */
  async *#follow(
    args: readonly string[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<string, void, undefined> {
    let complaint: string | undefined;
    let exitCode = 0;
    const lines = linesFrom(async (onLine, ending) => {
      exitCode = await this.#program.follow(args, { signal: ending, onLine });
    }, signal);
    for await (const line of lines) {
      // Both streams come as one; it is kubectl's only where nothing comes after it.
      if (complaint !== undefined) yield complaint;
      complaint = isComplaint(line) ? line : undefined;
      if (complaint === undefined) yield line;
    }
    if (exitCode === 0 && complaint !== undefined) yield complaint;
    if (exitCode !== 0) throw failureOf({ exitCode, stdout: "", stderr: complaint ?? "" });
  }
}

const manager = [`--field-manager=${FIELD_MANAGER}`];
/** kubectl leaves them out otherwise. */
const withManagers = ["--output", "json", "--show-managed-fields"];

/** "deployments.apps"; kubectl takes kinds, too. */
function typeOf({ plural, apiVersion }: Resource): string {
  const group = groupOf(apiVersion);
  return group === "" ? plural : `${plural}.${group}`;
}

/** "deployment.apps", as kubectl prints it. */
function printedTypeOf({ kind, apiVersion }: Pick<Resource, "kind" | "apiVersion">): string {
  const group = groupOf(apiVersion);
  return group === "" ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

function resourceOf({ kind, group }: ObjectRef): Resource | undefined {
  return resources.find(
    (each) => each.kind === kind && (group === undefined || groupOf(each.apiVersion) === group),
  );
}

function argumentOf(ref: ObjectRef): string {
  const resource = resourceOf(ref);
  const type = ["", undefined].includes(ref.group) ? ref.kind : `${ref.kind}.${ref.group ?? ""}`;
  return `${resource === undefined ? type : typeOf(resource)}/${ref.name}`;
}

function printedNameOf(ref: ObjectRef): string {
  const { kind, group = "", name } = ref;
  const apiVersion = resourceOf(ref)?.apiVersion ?? `${group}/v1`;
  return `${printedTypeOf({ kind, apiVersion })}/${name}`;
}

function placeOf(namespace: string | undefined): readonly string[] {
  return namespace === undefined ? ["--all-namespaces"] : ["--namespace", namespace];
}

/** One kubectl knows one namespace only. */
function byNamespace(
  objects: readonly ObjectRef[],
): readonly (readonly [readonly string[], readonly ObjectRef[]])[] {
  const groups = Map.groupBy(objects, ({ namespace = "default" }) => namespace);
  return [...groups].map(([namespace, refs]) => [placeOf(namespace), refs] as const);
}

function selecting(labels: Labels | undefined): readonly string[] {
  return labels === undefined ? [] : ["--selector", toSelector(labels)];
}

function deleting({ withinMs }: RemoveOptions): readonly string[] {
  const waiting =
    withinMs === undefined
      ? ["--wait=false"]
      : ["--cascade=foreground", `--timeout=${Math.ceil(withinMs / 1000)}s`];
  return [...waiting, "--ignore-not-found", "--output", "name"];
}

function inContainer(container: string | undefined): readonly string[] {
  return container === undefined ? [] : ["--container", container];
}

function logArguments(
  { name, namespace, container }: PodName,
  { follow, previous, sinceSeconds, sinceTime, tail, limitBytes, timestamps }: LogOptions,
): readonly string[] {
  return [
    ...["logs", name, "--namespace", namespace, ...inContainer(container)],
    ...(follow === true ? ["--follow"] : []),
    ...(previous === true ? ["--previous"] : []),
    ...(sinceSeconds === undefined ? [] : [`--since=${sinceSeconds}s`]),
    ...(sinceTime === undefined ? [] : [`--since-time=${sinceTime}`]),
    ...(tail === undefined ? [] : [`--tail=${tail}`]),
    ...(limitBytes === undefined ? [] : [`--limit-bytes=${limitBytes}`]),
    ...(timestamps === true ? ["--timestamps"] : []),
  ];
}

/** kubectl prints a list, or the object itself when it is the only one asked for, or nothing. */
function itemsOf(json: string): readonly KubernetesObject[] {
  if (json.trim() === "") return [];
  const answer = JSON.parse(json) as KubernetesObject & { readonly items?: KubernetesObject[] };
  return answer.items ?? [answer];
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ (reason) */
const STATUS_OF: Readonly<Record<string, number>> = {
  ...{ BadRequest: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, MethodNotAllowed: 405 },
  ...{ AlreadyExists: 409, Conflict: 409, Gone: 410, Expired: 410, Invalid: 422 },
  ...{ TooManyRequests: 429, InternalError: 500, ServiceUnavailable: 503, Timeout: 504 },
};
const REFUSAL = /^Error from server(?: \((\w+)\))?: /m;
const COMPLAINT = /^(Error from server|error: |Unable to connect to the server|The connection to )/;

function isComplaint(line: string): boolean {
  return COMPLAINT.test(line);
}

function failureOf({ exitCode, stdout, stderr }: ExecResult): RequestFailure {
  const told = (stderr.trim() === "" ? stdout : stderr).trim();
  const [prefix, reason = ""] = REFUSAL.exec(told) ?? [];
  const status = STATUS_OF[reason];
  const text = told === "" ? `kubectl ended with exit code ${exitCode}` : told;
  return new RequestFailure(
    prefix === undefined ? text.replace(/^error: /, "") : text.replace(REFUSAL, ""),
    status === undefined ? {} : { status },
  );
}
