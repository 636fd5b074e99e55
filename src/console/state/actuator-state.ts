import {
  loggersOf,
  mappingsOf,
  propertiesOf,
  startupSteps,
} from "../facts/actuator/application-facts.ts";
import {
  figureEndpoints,
  measuredValue,
  routeEndpoints,
} from "../facts/actuator/metric-figures.ts";
import { threadGroups } from "../facts/actuator/thread-dump.ts";
import type { ActuatorAnswer, ConsoleEvent } from "../model/events.ts";
import type { Target } from "../model/requests.ts";
import type { PodRow } from "../model/rows.ts";
import type { ConsoleState, Place } from "./console-state.ts";
import { matcher } from "./logs-state.ts";

export const actuatorTabs = [
  "overview",
  "loggers",
  "threads",
  "mappings",
  "properties",
  "startup",
] as const;
export type ActuatorTab = (typeof actuatorTabs)[number];

/** What of a pod is drawn as a curve. */
export const curves = {
  heap: "metrics/jvm.memory.used?tag=area:heap",
  threads: "metrics/jvm.threads.live",
  cpu: "metrics/process.cpu.usage",
} as const;
/** Five minutes of what is asked each five seconds. */
const keptValues = 60;

type Answers = ReadonlyMap<string, ActuatorAnswer>;

/** One line of a tab that is a list. */
export interface ActuatorRow {
  readonly key: string;
  readonly cells: readonly string[];
  readonly isWrong?: boolean;
  /** Shown whole when it is opened. */
  readonly lines?: readonly string[];
}

/** As events of the actuator name it. */
export function actuatorPod({ namespace, name }: Pick<Target, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

export function tabOf({ tab = "overview" }: Place): ActuatorTab {
  return tab;
}

/** The endpoint that a tab is made of; the overview is made of several, and health is what it begins with. */
export const endpointOfTab: Readonly<Record<ActuatorTab, string>> = {
  overview: "health",
  loggers: "loggers",
  threads: "threaddump",
  mappings: "mappings",
  properties: "env",
  startup: "startup",
};

/** What has to be asked for a tab. */
export function actuatorEndpoints(
  place: Place,
  actuator: ConsoleState["actuator"],
): readonly string[] {
  const tab = tabOf(place);
  if (tab !== "overview") return [endpointOfTab[tab]];
  const requests = answersOf(place, actuator).get("metrics/http.server.requests");
  return ["health", ...figureEndpoints, ...routeEndpoints(requests)];
}

export function answersOf({ of }: Place, actuator: ConsoleState["actuator"]): Answers {
  return (of === undefined ? undefined : actuator.get(actuatorPod(of))) ?? new Map();
}

/** The rows of a tab that is a list, filtered. */
export function actuatorRows(
  { actuator, changedLevels }: Pick<ConsoleState, "actuator" | "changedLevels">,
  place: Place,
): readonly ActuatorRow[] {
  const tab = tabOf(place);
  const answer = answersOf(place, actuator).get(endpointOfTab[tab]);
  if (answer?.state !== "answered") return [];
  const pod = place.of === undefined ? "" : actuatorPod(place.of);
  const rows = rowsOfTab[tab](answer.body, changedLevels.get(pod) ?? []);
  if (place.filter === "") return rows;
  const matches = matcher(place.filter);
  return rows.filter(({ cells }) => matches(cells.join(" ")));
}

const rowsOfTab: Readonly<
  Record<ActuatorTab, (body: unknown, changed: readonly string[]) => readonly ActuatorRow[]>
> = {
  overview: () => [],
  loggers: (body, changed) => {
    const all = loggersOf(body).map(({ name, configured, effective }) => ({
      key: name,
      hasOwn: configured !== undefined,
      cells: [
        name,
        effective,
        changed.includes(name) ? "changed here" : configured === undefined ? "" : "set",
      ],
    }));
    // Those that somebody has set are few, and what one looks for.
    return [...all.filter(({ hasOwn }) => hasOwn), ...all.filter(({ hasOwn }) => !hasOwn)];
  },
  threads: (body) =>
    threadGroups(body).flatMap(({ state, threads }) =>
      threads.map((thread) => ({
        key: `${thread.id}`,
        cells: [state, thread.name, thread.waitsFor ?? thread.frames[0] ?? ""],
        isWrong: state === "deadlocked" || state === "BLOCKED",
        lines: [
          `${thread.name} (${thread.state}${thread.isDaemon ? ", daemon" : ""})`,
          ...(thread.waitsFor === undefined ? [] : [`! ${thread.waitsFor}`]),
          "",
          ...thread.frames.map((frame) => `at ${frame}`),
        ],
      })),
    ),
  mappings: (body) =>
    mappingsOf(body).map(({ methods, pattern, handler }) => ({
      key: `${methods} ${pattern} ${handler}`,
      cells: [methods, pattern, handler],
    })),
  properties: (body) =>
    propertiesOf(body).map(({ name, value, origin }) => ({
      key: name,
      cells: [name, value, origin],
    })),
  startup: (body) =>
    startupSteps(body).map(({ name, tags, ms, ownMs, depth }, index) => ({
      key: `${index}`,
      cells: [`${Math.round(ms)}`, `${Math.round(ownMs)}`, `${"  ".repeat(depth)}${name}  ${tags}`],
    })),
};

/** The row that is selected; when it is gone, the one in its place. */
export function actuatorIndex(rows: readonly ActuatorRow[], place: Place): number {
  const index = rows.findIndex(({ key }) => key === place.selectedUid);
  return index >= 0 ? index : Math.max(0, Math.min(place.selectedIndex, rows.length - 1));
}

/** The pod to look into, of an application: one that is ready, else any. */
export function podToAsk(pods: readonly PodRow[]): PodRow | undefined {
  const staying = pods.filter(({ isTerminating }) => !isTerminating);
  return staying.find(({ isReady }) => isReady) ?? staying[0];
}

/** From the quietest to the loudest: https://docs.spring.io/spring-boot/api/rest/actuator/loggers.html */
const levels = ["OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"] as const;

/** The level beside this one; undefined at the ends. */
export function neighbourLevel(level: string, by: 1 | -1): string | undefined {
  const index = (levels as readonly string[]).indexOf(level);
  return index < 0 ? undefined : levels[index + by];
}

/** Keeps an answer: the newest of each endpoint, and of what is drawn as a curve the values before. */
export function withAnswer(
  state: ConsoleState,
  { pod, answer }: Extract<ConsoleEvent, { readonly type: "actuator" }>,
): ConsoleState {
  const known = new Map(state.actuator.get(pod));
  known.set(answer.endpoint, answer);
  const [, logger] = /^loggers\/(.+)$/.exec(answer.endpoint) ?? [];
  const list = known.get("loggers");
  // One that was changed is told alone; the list of all is asked for only from time to time.
  if (logger !== undefined && answer.state === "answered" && list?.state === "answered") {
    known.set("loggers", { ...list, body: withLogger(list.body, logger, answer.body) });
  }
  const told = { ...state, actuator: new Map(state.actuator).set(pod, known) };
  const isCurve = Object.values<string>(curves).includes(answer.endpoint);
  const value = isCurve ? measuredValue(answer) : undefined;
  if (value === undefined) return told;
  const curve = `${pod} ${answer.endpoint}`;
  const values = [...(state.actuatorCurves.get(curve) ?? []), value].slice(-keptValues);
  return { ...told, actuatorCurves: new Map(state.actuatorCurves).set(curve, values) };
}

function withLogger(body: unknown, encoded: string, one: unknown): unknown {
  const before = (body ?? {}) as { readonly loggers?: Readonly<Record<string, unknown>> };
  return { ...before, loggers: { ...before.loggers, [decodeURIComponent(encoded)]: one } };
}
