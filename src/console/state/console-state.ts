import type { Answer } from "../facts/answers.ts";
import type { NamedEvent } from "../../ports/events.ts";
import type { ActuatorAnswer, ClusterRow, NodeFigures, StartedAction } from "../model/events.ts";
import type { ConsoleRequest, Target } from "../model/requests.ts";
import type { Row, RowKind, WorkloadRow } from "../model/rows.ts";
import type { ActuatorTab } from "./actuator-state.ts";
import type { LogsState } from "./logs-state.ts";
import type { LoopState } from "./loop-state.ts";

export interface ConsoleState {
  readonly size: { readonly columns: number; readonly rows: number };
  /** The newest time that was told, of the clock of the events; undefined before the first. */
  readonly nowMs: number;
  readonly isFocused: boolean;
  readonly isCompact: boolean;
  readonly engine: { readonly state: "asking" | "reached" | "lost"; readonly reason?: string };
  /** Undefined: the engine has not told them yet. */
  readonly clusters: readonly ClusterRow[] | undefined;
  /** The cluster that was entered; undefined: the list of clusters is all there is. */
  readonly cluster: string | undefined;
  /** The cluster that rows are told of; while it is another one, they are dropped. */
  readonly toldCluster: string | undefined;
  /** Entered as soon as the engine tells of it. */
  readonly firstCluster: string | undefined;
  readonly feeds: Readonly<Partial<Record<RowKind, Feed>>>;
  readonly rows: Rows;
  /** By node. */
  readonly figures: ReadonlyMap<string, NodeHistory>;
  readonly logs: LogsState | undefined;
  /** The application whose URL is asked all the time. */
  readonly probed: { readonly application: string; readonly namespace: string } | undefined;
  /** By application. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  /** By pod, then by endpoint. */
  readonly actuator: ReadonlyMap<string, ReadonlyMap<string, ActuatorAnswer>>;
  /** By "pod endpoint": values of a metric that is drawn as a curve, oldest first. */
  readonly actuatorCurves: ReadonlyMap<string, readonly number[]>;
  /** By pod: loggers whose levels were changed here, and are put back when one leaves the cluster. */
  readonly changedLevels: ReadonlyMap<string, readonly string[]>;
  readonly document: ShownDocument | undefined;
  /** Newest last. */
  readonly actions: readonly ActionState[];
  readonly loop: LoopState | undefined;
  /** Number of the next action. */
  readonly nextAction: number;
  /** Root views that were left, to come back to as they were. */
  readonly left: Readonly<Partial<Record<ViewId, Place>>>;
  /** From the root to what is shown; never empty. */
  readonly places: readonly Place[];
  readonly overlay: Overlay | undefined;
  readonly message: Message | undefined;
  readonly showsWide: boolean;
  /** What the newest event asks for; whoever carries it out takes it before the next one. */
  readonly requests: readonly ConsoleRequest[];
}

export interface Feed {
  readonly state: "connecting" | "live" | "interrupted" | "refused";
  readonly reason?: string;
  readonly atMs: number;
}

/** Rows by kind and uid. */
export type Rows = { readonly [Kind in RowKind]?: ReadonlyMap<string, RowOf<Kind>> };

type RowOf<Kind extends RowKind> = Kind extends WorkloadRow["kind"]
  ? WorkloadRow
  : Extract<Row, { readonly kind: Kind }>;

export interface NodeHistory {
  readonly newest: NodeFigures;
  /** Shares of the node's processors, oldest first. */
  readonly cpuCores: readonly number[];
  readonly memoryBytes: readonly number[];
}

export interface ShownDocument {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface ActionState extends StartedAction {
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly error?: string;
  /** What it told last, in one line. */
  readonly progress: string;
  readonly events: readonly NamedEvent[];
}

export type ListViewId =
  | "home"
  | "clusters"
  | "nodes"
  | "workloads"
  | "pods"
  | "containers"
  | "services"
  | "ingresses"
  | "storage"
  | "events"
  | "namespaces"
  | "findings"
  | "actions";

export type ViewId = ListViewId | "logs" | "document" | "actuator" | "answers" | "loop";

/** One screen of the way that was gone: what it shows, and how far one had come in it. */
export interface Place {
  readonly view: ViewId;
  /** What its list is limited to, or what it is about. */
  readonly of?: Target;
  readonly selectedUid?: string;
  /** Where the selected one was when it was last seen: what is there now takes its place when it is gone. */
  readonly selectedIndex: number;
  readonly filter: string;
  readonly sort?: { readonly column: string; readonly isDescending: boolean };
  readonly marked: readonly string[];
  /** First line shown, of what is no list. */
  readonly top: number;
  readonly search: string;
  /** Of the actuator's view; left out: the first. */
  readonly tab?: ActuatorTab;
}

export type Overlay =
  | { readonly type: "help"; readonly top: number; readonly filter: string }
  | { readonly type: "filter"; readonly before: string }
  | { readonly type: "search"; readonly text: string }
  | { readonly type: "palette"; readonly text: string; readonly selected: number }
  | { readonly type: "menu"; readonly selected: number }
  /** A question with "no" as its answer, unless `y` is pressed or the name is typed. */
  | {
      readonly type: "dialog";
      readonly command: string;
      readonly targets: readonly Target[];
      readonly typed: string;
    }
  | {
      readonly type: "scale";
      readonly target: Target;
      readonly replicas: number;
      readonly before: number;
    }
  | { readonly type: "new-cluster"; readonly name: string };

export interface Message {
  readonly text: string;
  readonly tone: "good" | "bad" | "plain";
  readonly untilMs: number;
}

export function place(view: ViewId, given: Partial<Place> = {}): Place {
  return { view, selectedIndex: 0, filter: "", marked: [], top: 0, search: "", ...given };
}

export function initialState(given: {
  readonly columns: number;
  readonly rows: number;
  readonly cluster?: string | undefined;
  readonly isCompact?: boolean;
}): ConsoleState {
  return {
    size: { columns: given.columns, rows: given.rows },
    nowMs: 0,
    isFocused: true,
    isCompact: given.isCompact ?? false,
    engine: { state: "asking" },
    clusters: undefined,
    cluster: undefined,
    toldCluster: undefined,
    firstCluster: given.cluster,
    feeds: {},
    rows: {},
    figures: new Map(),
    logs: undefined,
    probed: undefined,
    answers: new Map(),
    actuator: new Map(),
    actuatorCurves: new Map(),
    changedLevels: new Map(),
    document: undefined,
    actions: [],
    nextAction: 1,
    left: {},
    loop: undefined,
    places: [place("clusters")],
    overlay: undefined,
    message: undefined,
    showsWide: false,
    requests: [],
  };
}

export function currentPlace({ places }: ConsoleState): Place {
  return places.at(-1) ?? place("clusters");
}

export function withPlace(state: ConsoleState, change: Partial<Place>): ConsoleState {
  const changed = { ...currentPlace(state), ...change };
  return { ...state, places: [...state.places.slice(0, -1), changed] };
}

export function rowsOf<Kind extends RowKind>(
  { rows }: Pick<ConsoleState, "rows">,
  kind: Kind,
): readonly RowOf<Kind>[] {
  const found: ReadonlyMap<string, RowOf<Kind>> | undefined = rows[kind];
  return found === undefined ? [] : [...found.values()];
}

/** Where a service is reached on this machine; undefined where it is not. */
export function urlOf(
  { clusters, cluster }: ConsoleState,
  service: { readonly namespace: string; readonly name: string },
): string | undefined {
  return clusters
    ?.find(({ name }) => name === cluster)
    ?.published?.find(
      (each) => each.namespace === service.namespace && each.service === service.name,
    )?.url;
}
