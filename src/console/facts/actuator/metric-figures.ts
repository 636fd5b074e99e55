import type { ActuatorAnswer } from "../../model/events.ts";
import { listOf, numberOf, textOf } from "../json-fields.ts";

/** What the figures below are made of: to be asked of the actuator, and kept by their name. */
export const figureEndpoints = [
  "metrics/jvm.memory.used?tag=area:heap",
  "metrics/jvm.memory.max?tag=area:heap",
  "metrics/jvm.memory.used?tag=area:nonheap",
  "metrics/jvm.gc.pause",
  "metrics/jvm.threads.live",
  "metrics/jvm.threads.daemon",
  "metrics/jvm.threads.peak",
  "metrics/process.cpu.usage",
  "metrics/hikaricp.connections",
  "metrics/hikaricp.connections.active",
  "metrics/hikaricp.connections.pending",
  "metrics/hikaricp.connections.max",
  "metrics/http.server.requests",
  "metrics/http.server.requests.percentile?tag=phi:0.95",
] as const;

/** Each is left out where the application does not measure it. */
export interface JvmFigures {
  readonly heap?: { readonly usedBytes: number; readonly maxBytes?: number };
  readonly nonHeapBytes?: number;
  /** Of the collector, since the start of the JVM; `maxMs` of the last minutes. */
  readonly gc?: { readonly count: number; readonly totalMs: number; readonly maxMs: number };
  readonly threads?: { readonly live: number; readonly daemon?: number; readonly peak?: number };
  /** Share of all processors: 0 to 1. */
  readonly cpu?: number;
  /** Of all pools together. */
  readonly connections?: {
    readonly pools: readonly string[];
    readonly total: number;
    readonly active: number;
    readonly pending: number;
    readonly max?: number;
  };
  readonly http?: HttpFigures;
}

export interface HttpFigures {
  readonly count: number;
  readonly totalMs: number;
  /** The slowest of the last minutes. */
  readonly maxMs: number;
  /** Where the application publishes it and all requests are of one kind; percentiles cannot be added up. */
  readonly p95Ms?: number;
}

/** Requests of one pattern of the application's URLs. */
export interface RouteFigures extends HttpFigures {
  /** "/users/{id}" */
  readonly uri: string;
}

type Answers = ReadonlyMap<string, ActuatorAnswer>;

/** Routes that are asked about one by one, at most. */
const MOST_ROUTES = 20;
const REQUESTS = "metrics/http.server.requests";
const PERCENTILE = "metrics/http.server.requests.percentile";

/** What `httpRoutes` is made of, of the answer to "metrics/http.server.requests". The actuator's own are left out: probes ask it all the time. */
export function routeEndpoints(answer: ActuatorAnswer | undefined): readonly string[] {
  const uris = tagValues(answer?.body, "uri").filter((uri) => !uri.startsWith("/actuator"));
  return uris.slice(0, MOST_ROUTES).flatMap((uri) => {
    const tag = `tag=uri:${encodeURIComponent(uri)}`;
    return [`${REQUESTS}?${tag}`, `${PERCENTILE}?tag=phi:0.95&${tag}`];
  });
}

/** By route, the one that took the most time of all first. */
export function httpRoutes(answers: Answers): readonly RouteFigures[] {
  const uris = tagValues(answers.get(REQUESTS)?.body, "uri");
  return uris
    .flatMap((uri): readonly RouteFigures[] => {
      const tag = `tag=uri:${encodeURIComponent(uri)}`;
      const timer = timerOf(answers, `http.server.requests?${tag}`);
      if (timer === undefined) return [];
      const name = `http.server.requests.percentile?tag=phi:0.95&${tag}`;
      return [{ uri, ...timer, ...p95Of(answers, name) }];
    })
    .toSorted((a, b) => b.totalMs - a.totalMs);
}

/** Of all routes that were asked about. */
function httpOf(answers: Answers): HttpFigures | undefined {
  const routes = httpRoutes(answers);
  const [only] = routes;
  if (only !== undefined && routes.length === 1) {
    const { uri: _, ...figures } = only;
    return figures;
  }
  if (routes.length > 0) return summedTimers(routes);
  const timer = timerOf(answers, "http.server.requests");
  if (timer === undefined) return undefined;
  return { ...timer, ...p95Of(answers, "http.server.requests.percentile?tag=phi:0.95") };
}

/** Of one pod's answers, by endpoint. */
export function jvmFigures(answers: Answers): JvmFigures {
  const value = (name: string, statistic = "VALUE") => measured(answers, name, statistic);
  const heap = value("jvm.memory.used?tag=area:heap");
  const heapMax = value("jvm.memory.max?tag=area:heap");
  const nonHeap = value("jvm.memory.used?tag=area:nonheap");
  const cpu = value("process.cpu.usage");
  const gc = timerOf(answers, "jvm.gc.pause");
  const http = httpOf(answers);
  return {
    ...(heap === undefined
      ? {}
      : {
          // -1: no limit of its own.
          heap: {
            usedBytes: heap,
            ...(heapMax === undefined || heapMax < 0 ? {} : { maxBytes: heapMax }),
          },
        }),
    ...(nonHeap === undefined ? {} : { nonHeapBytes: nonHeap }),
    ...(gc === undefined ? {} : { gc }),
    ...threadFigures(answers),
    ...(cpu === undefined || cpu < 0 ? {} : { cpu }),
    ...connectionFigures(answers),
    ...(http === undefined ? {} : { http }),
  };
}

/** What lies between two looks at the same pod: requests a second, and their mean. Undefined: none, or it has started anew. */
export function httpBetween(
  before: HttpFigures,
  now: HttpFigures,
  ms: number,
): { readonly perSecond: number; readonly meanMs: number } | undefined {
  const count = now.count - before.count;
  if (count <= 0 || ms <= 0) return undefined;
  return {
    perSecond: count / (ms / MS_PER_SECOND),
    meanMs: (now.totalMs - before.totalMs) / count,
  };
}

/** The latency that can be said, and what it is: "p95 18 ms", else "max 41 ms (mean 6 ms)". */
export function latencyText({ p95Ms, maxMs, totalMs, count }: HttpFigures): string {
  if (count === 0) return "no requests yet";
  if (p95Ms !== undefined) return `p95 ${rounded(p95Ms)} ms`;
  const mean = `mean ${rounded(totalMs / count)} ms`;
  return maxMs > 0 ? `max ${rounded(maxMs)} ms (${mean})` : mean;
}

/** Of several pods: sums, and the slowest of what cannot be added up. */
export function summedFigures(all: readonly JvmFigures[]): JvmFigures {
  const heaps = all.flatMap(({ heap }) => heap ?? []);
  const https = all.flatMap(({ http }) => http ?? []);
  const gcs = all.flatMap(({ gc }) => gc ?? []);
  const threads = all.flatMap((each) => each.threads ?? []);
  const connections = all.flatMap((each) => each.connections ?? []);
  const nonHeaps = all.flatMap(({ nonHeapBytes }) => nonHeapBytes ?? []);
  const cpus = all.flatMap(({ cpu }) => cpu ?? []);
  const p95s = https.flatMap(({ p95Ms }) => p95Ms ?? []);
  return {
    ...(heaps.length > 0 && {
      heap: {
        usedBytes: sum(heaps.map(({ usedBytes }) => usedBytes)),
        ...summedMax(
          heaps.map(({ maxBytes }) => maxBytes),
          "maxBytes",
        ),
      },
    }),
    ...(nonHeaps.length > 0 && { nonHeapBytes: sum(nonHeaps) }),
    ...(gcs.length > 0 && { gc: summedTimers(gcs) }),
    ...(threads.length > 0 && { threads: { live: sum(threads.map(({ live }) => live)) } }),
    ...(cpus.length > 0 && { cpu: Math.max(...cpus) }),
    ...(connections.length > 0 && {
      connections: {
        pools: [...new Set(connections.flatMap(({ pools }) => pools))],
        total: sum(connections.map(({ total }) => total)),
        active: sum(connections.map(({ active }) => active)),
        pending: sum(connections.map(({ pending }) => pending)),
        ...summedMax(
          connections.map(({ max }) => max),
          "max",
        ),
      },
    }),
    ...(https.length > 0 && {
      http: {
        ...summedTimers(https),
        ...(p95s.length === https.length && { p95Ms: Math.max(...p95s) }),
      },
    }),
  };
}

const MS_PER_SECOND = 1000;

interface Timer {
  readonly count: number;
  readonly totalMs: number;
  readonly maxMs: number;
}

function summedTimers(timers: readonly Timer[]): Timer {
  return {
    count: sum(timers.map(({ count }) => count)),
    totalMs: sum(timers.map(({ totalMs }) => totalMs)),
    maxMs: Math.max(...timers.map(({ maxMs }) => maxMs)),
  };
}

/** Nothing where one of them has no limit. */
function summedMax<Name extends string>(
  limits: readonly (number | undefined)[],
  name: Name,
): { readonly [Key in Name]?: number } {
  const known = limits.filter((limit) => limit !== undefined);
  const total = { [name]: sum(known) } as { readonly [Key in Name]?: number };
  return known.length === limits.length ? total : {};
}

/** Micrometer counts in seconds: https://docs.spring.io/spring-boot/api/rest/actuator/metrics.html */
function timerOf(answers: Answers, name: string): Timer | undefined {
  const count = measured(answers, name, "COUNT");
  if (count === undefined) return undefined;
  const totalMs = (measured(answers, name, "TOTAL_TIME") ?? 0) * MS_PER_SECOND;
  return { count, totalMs, maxMs: (measured(answers, name, "MAX") ?? 0) * MS_PER_SECOND };
}

function threadFigures(answers: Answers): Pick<JvmFigures, "threads"> {
  const live = measured(answers, "jvm.threads.live");
  if (live === undefined) return {};
  const daemon = measured(answers, "jvm.threads.daemon");
  const peak = measured(answers, "jvm.threads.peak");
  return {
    threads: {
      live,
      ...(daemon === undefined ? {} : { daemon }),
      ...(peak === undefined ? {} : { peak }),
    },
  };
}

function connectionFigures(answers: Answers): Pick<JvmFigures, "connections"> {
  const total = measured(answers, "hikaricp.connections");
  if (total === undefined) return {};
  const max = measured(answers, "hikaricp.connections.max");
  return {
    connections: {
      pools: tagValues(bodyOf(answers, "hikaricp.connections"), "pool"),
      total,
      active: measured(answers, "hikaricp.connections.active") ?? 0,
      pending: measured(answers, "hikaricp.connections.pending") ?? 0,
      ...(max === undefined ? {} : { max }),
    },
  };
}

function p95Of(answers: Answers, name: string): Pick<HttpFigures, "p95Ms"> {
  const seconds = measured(answers, name);
  // The endpoint adds up what several kinds of requests have, which is no percentile of anything.
  const isOfOneKind = listOf(bodyOf(answers, name), "availableTags").every(
    (tag) => listOf(tag, "values").length <= 1,
  );
  return seconds === undefined || !isOfOneKind ? {} : { p95Ms: seconds * MS_PER_SECOND };
}

function bodyOf(answers: Answers, name: string): unknown {
  const answer = answers.get(`metrics/${name}`);
  return answer?.state === "answered" ? answer.body : undefined;
}

/** The value of a metric that has one: "metrics/jvm.threads.live". */
export function measuredValue(answer: ActuatorAnswer): number | undefined {
  if (answer.state !== "answered") return undefined;
  const measurement = listOf(answer.body, "measurements").find(
    (each) => textOf(each, "statistic") === "VALUE",
  );
  return numberOf(measurement, "value");
}

function measured(answers: Answers, name: string, statistic = "VALUE"): number | undefined {
  const measurement = listOf(bodyOf(answers, name), "measurements").find(
    (each) => textOf(each, "statistic") === statistic,
  );
  return numberOf(measurement, "value");
}

function tagValues(body: unknown, name: string): readonly string[] {
  const tag = listOf(body, "availableTags").find((each) => textOf(each, "tag") === name);
  return listOf(tag, "values").filter((value) => typeof value === "string");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function rounded(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : `${Math.round(ms)}`;
}
