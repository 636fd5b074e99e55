import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import {
  beginFeed,
  nextFeed,
  type FeedInput,
  type WatchEvent,
} from "../../kubernetes/watch-feed.ts";
import { knownResource, resourcePath } from "../../kubernetes/resources.ts";
import { toSelector } from "../../kubernetes/selector.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedChange, KubernetesObject, WatchSelection } from "../../ports/cluster-api.ts";
import { requesting, RequestFailure } from "./request-failure.ts";

/** Reads from an API server in whatever way. Both throw a RequestFailure. */
export interface FeedReader {
  /** The body of an answer. */
  read(path: string, signal: AbortSignal): Promise<string>;
  /** The lines of an answer that goes on. */
  open(path: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** At a time, so that no answer is large. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const PAGE_OBJECTS = 500;
/** The server ends a watch after 5 to 10 minutes by itself; so long is asked for, that many feeds do not end together. */
const WATCH_SECONDS = { least: 300, most: 600 };
/** After so long without a line the API server is asked whether it is there. */
const LOOK_EVERY_MS = 15_000;
const PROBE_MS = 5_000;

interface FeedOptions {
  /** As objects of lists do not say them. */
  readonly kind: string;
  readonly apiVersion: string;
  /** Selectors. */
  readonly query: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Carries out what the feed's state machine says. Throws a RequestFailure when the first list is refused.
 * @param path of the objects: "/api/v1/pods"
 */
async function* runFeed(
  path: string,
  reader: FeedReader,
  { kind, apiVersion, query, clock, signal }: FeedOptions,
): AsyncGenerator<FeedChange, void, undefined> {
  let { state, changes, action } = beginFeed();
  let watch: Watch | undefined;
  try {
    for (;;) {
      yield* changes;
      signal.throwIfAborted();
      if (action.do === "give-up") {
        throw new RequestFailure(action.reason, { status: action.status });
      }
      const input = await carryOut(action);
      const surroundings = { nowMs: clock.monotonicMs(), random: Math.random() };
      ({ state, changes, action } = nextFeed(state, input, surroundings));
    }
  } finally {
    watch?.close();
  }

  async function carryOut(
    now: Exclude<typeof action, { readonly do: "give-up" }>,
  ): Promise<FeedInput> {
    try {
      switch (now.do) {
        case "list":
          return await readPage(now.next);
        case "watch":
          watch?.close();
          watch = undefined;
          watch = await Watch.open(pathOf(watchQuery(now.version)), reader, { clock, signal });
          return { type: "opened" };
        case "read":
          return (await watch?.next()) ?? { type: "ended" };
        case "probe":
          await reader.read("/livez", AbortSignal.any([signal, clock.deadline(PROBE_MS)]));
          return { type: "answered" };
        case "pause":
          watch?.close();
          await clock.sleep(now.ms, signal);
          return { type: "paused" };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RequestFailure) {
        const { status, message: reason, retryAfterMs } = error;
        return { type: "failed", status, reason, retryAfterMs };
      }
      if (now.do === "probe" && error instanceof DOMException) {
        return { type: "failed", reason: "the API server does not answer" };
      }
      throw error;
    }
  }

  async function readPage(next: string | undefined): Promise<FeedInput> {
    const page = next === undefined ? query : { ...query, continue: next };
    const body = await reader.read(pathOf({ ...page, limit: String(PAGE_OBJECTS) }), signal);
    const { items, metadata } = parsed(body) as {
      readonly items?: readonly KubernetesObject[] | null;
      readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
    };
    return {
      type: "page",
      objects: (items ?? []).map((object) => ({ apiVersion, kind, ...object })),
      version: metadata?.resourceVersion ?? "",
      next: metadata?.continue === "" ? undefined : metadata?.continue,
    };
  }

  function watchQuery(version: string): Readonly<Record<string, string>> {
    const { least, most } = WATCH_SECONDS;
    const seconds = Math.round(least + Math.random() * (most - least));
    return {
      ...query,
      ...{ watch: "true", allowWatchBookmarks: "true", resourceVersion: version },
      timeoutSeconds: String(seconds),
    };
  }

  function pathOf(of: Readonly<Record<string, string>>): string {
    const text = new URLSearchParams(of).toString();
    return text === "" ? path : `${path}?${text}`;
  }
}

/** The feed of a selection, read by this reader. Throws `cluster-request-failed`. */
export async function* watchObjects(
  reader: FeedReader,
  { kind, namespace, labels, fields }: WatchSelection,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<FeedChange, void, undefined> {
  const resource = knownResource(kind);
  const query = {
    ...(labels === undefined ? {} : { labelSelector: toSelector(labels) }),
    ...(fields === undefined ? {} : { fieldSelector: toSelector(fields) }),
  };
  const options = { kind, apiVersion: resource.apiVersion, query, clock, signal };
  try {
    yield* runFeed(resourcePath(resource, { namespace }), reader, options);
  } catch (error) {
    await requesting(`watch ${resource.plural}`, () => Promise.reject(error as Error));
  }
}

/** Resolves when a Deployment is rolled out. Throws `cluster-request-failed`. */
export async function untilRolledOut(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  reader: FeedReader,
  options: Pick<FeedOptions, "clock" | "signal">,
): Promise<void> {
  const selection = { kind: "Deployment", namespace, fields: { "metadata.name": name } } as const;
  for await (const change of watchObjects(reader, selection, options)) {
    const objects =
      change.type === "listed" ? change.objects : change.type === "changed" ? [change.object] : [];
    if (objects.some((object) => isRolledOut(object))) return;
  }
}

/** Resolves when no object of this name and uid is there any more. */
export async function untilGone(
  { name, uid, kind, apiVersion }: GoneObject,
  path: string,
  reader: FeedReader,
  options: Pick<FeedOptions, "clock" | "signal">,
): Promise<void> {
  const query = { fieldSelector: `metadata.name=${name}` };
  for await (const change of runFeed(path, reader, { ...options, kind, apiVersion, query })) {
    const isGone =
      change.type === "listed"
        ? !change.objects.some(({ metadata }) => uid === undefined || metadata?.uid === uid)
        : change.type === "removed";
    if (isGone) return;
  }
}

interface GoneObject {
  readonly name: string;
  /** Undefined: any of that name. */
  readonly uid: string | undefined;
  readonly kind: string;
  readonly apiVersion: string;
}

/** The lines of a watch, and how long there were none. */
class Watch {
  readonly #lines: AsyncIterator<string>;
  readonly #clock: Clock;
  readonly #ending: AbortController;
  #reading: Promise<IteratorResult<string>> | undefined;
  #looking: Promise<"look"> | undefined;
  #lastLineMs: number;

  private constructor(lines: AsyncIterator<string>, clock: Clock, ending: AbortController) {
    this.#lines = lines;
    this.#clock = clock;
    this.#ending = ending;
    this.#lastLineMs = clock.monotonicMs();
  }

  static async open(
    path: string,
    reader: FeedReader,
    { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<Watch> {
    const ending = new AbortController();
    const lines = await reader.open(path, AbortSignal.any([signal, ending.signal]));
    return new Watch(lines[Symbol.asyncIterator](), clock, ending);
  }

  async next(): Promise<FeedInput> {
    this.#reading ??= this.#lines.next();
    for (;;) {
      this.#looking ??= this.#clock
        .sleep(LOOK_EVERY_MS, this.#ending.signal)
        .then(() => "look" as const);
      // Both are awaited later, or never: the watch is closed then.
      this.#reading.catch(() => undefined);
      this.#looking.catch(() => undefined);
      const first = await Promise.race([this.#reading, this.#looking]);
      if (first === "look") {
        this.#looking = undefined;
        const forMs = this.#clock.monotonicMs() - this.#lastLineMs;
        if (forMs >= LOOK_EVERY_MS) return { type: "silent", forMs };
        continue;
      }
      this.#reading = undefined;
      this.#lastLineMs = this.#clock.monotonicMs();
      if (first.done === true) return { type: "ended" };
      return { type: "event", event: parsed(first.value) as WatchEvent };
    }
  }

  close(): void {
    this.#ending.abort(new Error("the watch is closed"));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestFailure("the API server's answer is no JSON", { cause });
  }
}
