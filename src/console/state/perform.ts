import type { CommandDefinition } from "../commands/command.ts";
import { asksForName, numbered } from "../commands/commands.ts";
import { targetOf, type Subject } from "../lists/subject.ts";
import { columnsFor, listOf, selectedSubject, visibleSubjects } from "../lists/visible.ts";
import type { Target } from "../model/requests.ts";
import {
  actuatorIndex,
  actuatorPod,
  actuatorRows,
  actuatorTabs,
  neighbourLevel,
  podToAsk,
  type ActuatorRow,
  type ActuatorTab,
} from "./actuator-state.ts";
import {
  currentPlace,
  place,
  withPlace,
  type ConsoleState,
  type ListViewId,
} from "./console-state.ts";
import { matcher, shownLines, type LogsState, type ShownLine } from "./logs-state.ts";
import type { LogLevel } from "../facts/logs/log-statement.ts";
import {
  back,
  goTo,
  moveSelection,
  openSubject,
  pop,
  push,
  request,
  showDocument,
  showLogs,
  withMessage,
} from "./navigate.ts";

/** Rows of a screen that are not its list: header, path, head of the table, hints. */
const chrome = 4;

/** Does what a key or the palette means. Nothing that destroys is done here: it opens its dialog. */
export function perform(state: ConsoleState, command: CommandDefinition): ConsoleState {
  const subject = selectedSubject(state);
  const go = numbered.find(([, view]) => command.id === `go-${view}`);
  if (go !== undefined) return goTo(state, go[1]);
  const since = /^log-since-(\d+)$/.exec(command.id)?.[1];
  if (since !== undefined) return sinceLogs(state, Number(since));
  const act = simple[command.id];
  if (act !== undefined) return act(state);
  const tab = actuatorTabs.find((each) => command.id === `actuator-${each}`);
  if (tab !== undefined) return showTab(state, tab);
  if (subject === undefined && command.on !== undefined) return state;
  const targets = targetsOf(state, subject, command);
  const [target] = targets;
  switch (command.id) {
    case "open":
      return subject === undefined ? state : openSubject(state, subject);
    case "logs":
    case "previous-logs":
      return target === undefined
        ? state
        : showLogs(state, target, { previous: command.id === "previous-logs" });
    case "describe":
    case "yaml":
      return target === undefined ? state : showDocument(state, target, command.id);
    case "object-events":
      return target === undefined ? state : push(state, place("events", { of: target }));
    case "actuator":
      return subject === undefined ? state : lookInside(state, subject);
    case "copy":
      return copy(state, targets.map(({ name }) => name).join("\n"));
    case "edit":
      return target === undefined
        ? state
        : request(state, { type: "hand-over", what: "edit", of: target });
    case "shell":
      return target === undefined
        ? state
        : request(state, { type: "hand-over", what: "shell", of: target });
    case "open-url":
      return subject?.kind === "Application" && subject.url !== undefined
        ? withMessage(
            request(state, { type: "open-url", url: subject.url }),
            `Opening ${subject.url}`,
            "plain",
          )
        : state;
    case "probe":
      return target === undefined ? state : toggleProbe(state, target);
    case "scale":
      return target === undefined || subject === undefined
        ? state
        : openScale(state, subject, target);
    default:
      if (command.danger !== "none") {
        return { ...state, overlay: { type: "dialog", command: command.id, targets, typed: "" } };
      }
      return targets.reduce((now, each) => act1(now, command, each), state);
  }
}

function lookInside(state: ConsoleState, subject: Subject): ConsoleState {
  const pod =
    subject.kind === "Application"
      ? podToAsk(subject.pods)
      : subject.kind === "Pod"
        ? subject
        : undefined;
  return pod === undefined
    ? withMessage(state, `${subject.name} has no pod to look into`, "plain")
    : push(state, place("actuator", { of: targetOf(pod, state.cluster) }));
}

/** Another tab begins at its top: what is selected and filtered is of the one before. */
function showTab(state: ConsoleState, tab: ActuatorTab): ConsoleState {
  const { of } = currentPlace(state);
  const shown = place("actuator", { tab, ...(of === undefined ? {} : { of }) });
  return { ...state, places: [...state.places.slice(0, -1), shown] };
}

function selectedRow(state: ConsoleState): ActuatorRow | undefined {
  const rows = actuatorRows(state, currentPlace(state));
  return rows[actuatorIndex(rows, currentPlace(state))];
}

function moveInside(state: ConsoleState, by: number): ConsoleState {
  const current = currentPlace(state);
  const rows = actuatorRows(state, current);
  const index = Math.max(0, Math.min(actuatorIndex(rows, current) + by, rows.length - 1));
  const row = rows[index];
  return row === undefined
    ? state
    : withPlace(state, { selectedUid: row.key, selectedIndex: index });
}

/** Asks for another level of the selected logger; null: the one that it inherits. */
function setLevel(
  state: ConsoleState,
  levelOf: (level: string) => string | null | undefined,
): ConsoleState {
  const { of } = currentPlace(state);
  const row = selectedRow(state);
  const level = levelOf(row?.cells[1] ?? "");
  if (row === undefined || of === undefined || level === undefined) return state;
  const pod = actuatorPod(of);
  const changed = state.changedLevels.get(pod) ?? [];
  const asked = request(state, { type: "set-log-level", of, logger: row.key, level });
  return {
    ...asked,
    changedLevels: new Map(state.changedLevels).set(pod, [...new Set([...changed, row.key])]),
  };
}

/** The marked ones where there are, else the selected one. */
function targetsOf(
  state: ConsoleState,
  subject: Subject | undefined,
  { on }: CommandDefinition,
): readonly Target[] {
  const { marked } = currentPlace(state);
  const chosen =
    marked.length === 0
      ? subject === undefined
        ? []
        : [subject]
      : visibleSubjects(state).filter(({ uid }) => marked.includes(uid));
  return chosen
    .filter(({ kind }) => on === undefined || on.includes(kind))
    .map((each) => targetOf(each, state.cluster));
}

/** Asks for one action; who carries it out tells of it by events. */
function act1(
  state: ConsoleState,
  command: CommandDefinition,
  target: Target,
  argument?: string,
): ConsoleState {
  const line = command.line?.(target, argument) ?? command.title;
  const asked = request(state, {
    ...{ type: "act", id: state.nextAction, command: command.id, line, of: target },
    ...(argument === undefined ? {} : { argument }),
  });
  return { ...asked, nextAction: state.nextAction + 1 };
}

/** The dialog was answered with yes. */
export function confirm(
  state: ConsoleState,
  command: CommandDefinition,
  targets: readonly Target[],
): ConsoleState {
  const closed = withPlace({ ...state, overlay: undefined }, { marked: [] });
  return targets.reduce((now, target) => act1(now, command, target), closed);
}

export function confirmScale(
  state: ConsoleState,
  command: CommandDefinition,
  target: Target,
  replicas: number,
): ConsoleState {
  return act1({ ...state, overlay: undefined }, command, target, `${replicas}`);
}

export function confirmNewCluster(
  state: ConsoleState,
  command: CommandDefinition,
  name: string,
): ConsoleState {
  const target: Target = { kind: "Cluster", name, namespace: "", uid: name };
  return act1({ ...state, overlay: undefined }, command, target);
}

/** Whether what was typed answers a dialog that asks for the name. */
export function isNameTyped(
  command: CommandDefinition,
  targets: readonly Target[],
  typed: string,
): boolean {
  return !asksForName(command, targets) || targets.every(({ name }) => name === typed);
}

function openScale(state: ConsoleState, subject: Subject, target: Target): ConsoleState {
  const wanted =
    subject.kind === "Application"
      ? subject.wanted
      : subject.kind === "Deployment" || subject.kind === "StatefulSet"
        ? subject.wanted
        : 1;
  const workload =
    subject.kind === "Application" && subject.workload !== undefined
      ? targetOf(subject.workload, state.cluster)
      : target;
  return {
    ...state,
    overlay: { type: "scale", target: workload, replicas: wanted, before: wanted },
  };
}

/** One application at a time: what was asked before is old, and goes. */
function toggleProbe(state: ConsoleState, { name, namespace }: Target): ConsoleState {
  const isProbed = state.probed?.application === name && state.probed.namespace === namespace;
  return isProbed
    ? withMessage({ ...state, probed: undefined }, `${name} is asked no more`, "plain")
    : { ...state, probed: { application: name, namespace }, answers: new Map() };
}

function copy(state: ConsoleState, text: string): ConsoleState {
  if (text === "") return state;
  const lines = text.split("\n").length;
  const what = lines === 1 ? text : `${lines} lines`;
  return withMessage(request(state, { type: "copy", text }), `Copied ${what}`, "good");
}

const simple: Readonly<Record<string, (state: ConsoleState) => ConsoleState>> = {
  "move-down": (state) => move(state, 1),
  "move-up": (state) => move(state, -1),
  "page-down": (state) => move(state, pageOf(state)),
  "page-up": (state) => move(state, -pageOf(state)),
  "half-page-up": (state) => move(state, -Math.ceil(pageOf(state) / 2)),
  "move-top": (state) => move(state, -Infinity),
  "move-bottom": (state) => move(state, Infinity),
  "move-left": (state) => sideways(state, -1),
  "move-right": (state) => sideways(state, 1),
  findings: (state) =>
    currentPlace(state).view === "findings" ? state : push(state, place("findings")),
  actions: (state) =>
    currentPlace(state).view === "actions" ? state : push(state, place("actions")),
  "next-view": (state) => neighbour(state, 1),
  "previous-view": (state) => neighbour(state, -1),
  mark,
  menu: (state) => ({ ...state, overlay: { type: "menu", selected: 0 } }),
  filter: (state) => ({
    ...state,
    overlay: { type: "filter", before: currentPlace(state).filter },
  }),
  "sort-right": (state) => sortBy(state, 1),
  "sort-left": (state) => sortBy(state, -1),
  "sort-reverse": (state) => {
    const { sort } = currentPlace(state);
    return sort === undefined
      ? sortBy(state, 1)
      : withPlace(state, { sort: { ...sort, isDescending: !sort.isDescending } });
  },
  wide: (state) => ({ ...state, showsWide: !state.showsWide }),
  "create-cluster": (state) => ({
    ...state,
    overlay: { type: "new-cluster", name: freeName(state) },
  }),
  back,
  quit: (state) => (state.places.length > 1 ? pop(state) : request(state, { type: "quit" })),
  leave: (state) => request(state, { type: "quit" }),
  palette: (state) => ({ ...state, overlay: { type: "palette", text: "", selected: 0 } }),
  help: (state) => ({ ...state, overlay: { type: "help", top: 0, filter: "" } }),
  relist: (state) =>
    withMessage(request(state, { type: "relist" }), "Asking for everything again", "plain"),
  redraw: (state) => request(state, { type: "redraw" }),
  suspend: (state) => request(state, { type: "suspend" }),
  "save-recording": (state) => request(state, { type: "save-recording" }),

  "log-search": (state) => ({
    ...state,
    overlay: { type: "search", text: state.logs?.search ?? "" },
  }),
  "log-next": (state) => findInLogs(state, 1),
  "log-previous-match": (state) => findInLogs(state, -1),
  "log-only": (state) =>
    state.logs?.search === ""
      ? state
      : changeLogs(state, ({ onlyMatches }) => ({ onlyMatches: !onlyMatches, fromEnd: 0 })),
  "log-next-error": (state) => findError(state, 1),
  "log-previous-error": (state) => findError(state, -1),
  "log-level": (state) =>
    changeLogs(state, ({ level }) => ({ level: nextLevel(level), fromEnd: 0 })),
  "log-follow": (state) =>
    changeLogs(state, ({ isFollowing, fromEnd }) => ({
      isFollowing: !isFollowing,
      fromEnd: isFollowing ? fromEnd : 0,
    })),
  "log-wrap": (state) => changeLogs(state, ({ wraps }) => ({ wraps: !wraps, left: 0 })),
  "log-time": (state) => changeLogs(state, ({ showsTime }) => ({ showsTime: !showsTime })),
  "log-stream": (state) => changeLogs(state, ({ showsStream }) => ({ showsStream: !showsStream })),
  "log-fold": (state) => changeLogs(state, ({ foldsTraces }) => ({ foldsTraces: !foldsTraces })),
  "log-raw": (state) => changeLogs(state, ({ showsRaw }) => ({ showsRaw: !showsRaw })),
  "log-previous": (state) =>
    changeLogs(state, ({ interest }) => ({
      interest: { ...interest, previous: !interest.previous },
      ...anew,
    })),
  "log-copy": (state) => {
    if (state.logs === undefined) return state;
    const shown = shownLines(state.logs);
    const end = shown.length - state.logs.fromEnd;
    const seen = shown.slice(Math.max(0, end - pageOf(state)), end);
    return copy(
      state,
      seen.flatMap((each) => (each.type === "line" ? [each.line.raw] : [])).join("\n"),
    );
  },

  "logger-more": (state) => setLevel(state, (level) => neighbourLevel(level, 1)),
  "logger-less": (state) => setLevel(state, (level) => neighbourLevel(level, -1)),
  "logger-inherit": (state) => setLevel(state, () => null),
  "loggers-put-back": (state) =>
    withMessage(
      { ...request(state, { type: "put-back-log-levels" }), changedLevels: new Map() },
      "All levels are as they were before",
      "good",
    ),
  "actuator-open": (state) => {
    const row = selectedRow(state);
    return row?.lines === undefined
      ? state
      : {
          ...push(state, place("document")),
          document: { title: row.cells[1] ?? "", lines: row.lines },
        };
  },
  "actuator-logs": (state) => {
    const { of } = currentPlace(state);
    return of === undefined ? state : showLogs(state, of, { previous: false });
  },

  "text-search": (state) => ({
    ...state,
    overlay: { type: "search", text: currentPlace(state).search },
  }),
  "text-next": (state) => findInDocument(state, 1),
  "text-previous": (state) => findInDocument(state, -1),
  "text-copy": (state) => copy(state, (state.document?.lines ?? []).join("\n")),
};

/** Lines of a body that are left when the log is asked for again. */
const anew = { lines: [], dropped: 0, streams: [], fromEnd: 0, isFollowing: true } as const;

export function pageOf({ size }: ConsoleState): number {
  return Math.max(1, size.rows - chrome);
}

function move(state: ConsoleState, by: number): ConsoleState {
  const { view } = currentPlace(state);
  if (view === "logs") return scrollLogs(state, by);
  if (view === "actuator") return moveInside(state, by);
  if (listOf({ view }) !== undefined) {
    return moveSelection(state, (index, last) =>
      by === Infinity ? last : by === -Infinity ? 0 : index + by,
    );
  }
  return scrollTo(state, currentPlace(state).top + by);
}

function scrollTo(state: ConsoleState, top: number): ConsoleState {
  const last = Math.max(0, (state.document?.lines.length ?? 0) - pageOf(state));
  return withPlace(state, { top: Math.max(0, Math.min(top, last)) });
}

function scrollLogs(state: ConsoleState, by: number): ConsoleState {
  return changeLogs(state, (logs) => {
    const total = shownLines(logs).length;
    const most = Math.max(0, total - pageOf(state));
    const fromEnd = Math.max(0, Math.min(most, logs.fromEnd - by));
    // Coming to the end follows again.
    return {
      fromEnd,
      isFollowing: fromEnd === 0 && by > 0 ? true : fromEnd === 0 && logs.isFollowing,
    };
  });
}

function sideways(state: ConsoleState, direction: number): ConsoleState {
  const half = Math.max(1, Math.floor(state.size.columns / 2));
  return changeLogs(state, ({ left, wraps }) =>
    wraps ? {} : { left: Math.max(0, left + direction * half) },
  );
}

export function changeLogs(
  state: ConsoleState,
  change: (logs: LogsState) => Partial<LogsState>,
): ConsoleState {
  return state.logs === undefined
    ? state
    : { ...state, logs: { ...state.logs, ...change(state.logs) } };
}

function sinceLogs(state: ConsoleState, seconds: number): ConsoleState {
  return changeLogs(state, ({ interest: { of, previous } }) => ({
    interest: { of, previous, ...(seconds === 0 ? {} : { sinceSeconds: seconds }) },
    ...anew,
  }));
}

/** Brings the next line that is one of them to the middle of the screen. */
function seek(
  state: ConsoleState,
  direction: 1 | -1,
  is: (line: ShownLine) => boolean,
  none: string,
): ConsoleState {
  if (state.logs === undefined) return state;
  const shown = shownLines(state.logs);
  const half = Math.floor(pageOf(state) / 2);
  const middle = shown.length - 1 - state.logs.fromEnd - half;
  // While the end is shown, everything on the screen is still to be found upwards.
  const from = state.logs.fromEnd === 0 && direction === -1 ? shown.length : middle;
  const indexes = shown.flatMap((line, index) => (is(line) ? [index] : []));
  const found =
    direction === 1
      ? indexes.find((index) => index > from)
      : indexes.findLast((index) => index < from);
  if (found === undefined) return withMessage(state, none, "plain");
  const fromEnd = Math.max(0, shown.length - 1 - found - half);
  return changeLogs(state, () => ({ fromEnd, isFollowing: false }));
}

export function findInLogs(state: ConsoleState, direction: 1 | -1): ConsoleState {
  const search = state.logs?.search ?? "";
  if (search === "") return state;
  const matches = matcher(search);
  const isMatch = (line: ShownLine) => line.type === "line" && matches(line.line.raw);
  return seek(
    state,
    direction,
    isMatch,
    `No ${direction === 1 ? "later" : "earlier"} line with ${search}`,
  );
}

function findError(state: ConsoleState, direction: 1 | -1): ConsoleState {
  const isError = (line: ShownLine) => line.type === "line" && line.line.level === "error";
  return seek(state, direction, isError, `No ${direction === 1 ? "later" : "earlier"} error`);
}

export function findInDocument(state: ConsoleState, direction: 1 | -1): ConsoleState {
  const { search, top } = currentPlace(state);
  if (search === "") return state;
  const matches = matcher(search);
  const hits = (state.document?.lines ?? []).flatMap((text, index) =>
    matches(text) ? [index] : [],
  );
  const found =
    direction === 1 ? hits.find((index) => index > top) : hits.findLast((index) => index < top);
  if (found === undefined) {
    return withMessage(
      state,
      hits.length === 0 ? `No line with ${search}` : "No further match",
      "plain",
    );
  }
  return scrollTo(state, found);
}

const levels: readonly (LogLevel | undefined)[] = [undefined, "info", "warn", "error"];

function nextLevel(level: LogLevel | undefined): LogLevel | undefined {
  return levels[(levels.indexOf(level) + 1) % levels.length];
}

function mark(state: ConsoleState): ConsoleState {
  const subject = selectedSubject(state);
  if (subject === undefined) return state;
  const { marked } = currentPlace(state);
  const isMarked = marked.includes(subject.uid);
  const changed = withPlace(state, {
    marked: isMarked ? marked.filter((uid) => uid !== subject.uid) : [...marked, subject.uid],
  });
  return moveSelection(changed, (index) => index + 1);
}

function sortBy(state: ConsoleState, direction: 1 | -1): ConsoleState {
  const current = currentPlace(state);
  const list = listOf(current);
  if (list === undefined) return state;
  const columns = columnsFor(list, { width: state.size.columns, showsWide: state.showsWide });
  const titles = columns.map(({ title }) => title).filter((title) => title !== "");
  const index = titles.indexOf(current.sort?.column ?? "");
  const next = index < 0 ? (direction === 1 ? 0 : titles.length - 1) : index + direction;
  const column = titles[next];
  if (column !== undefined) {
    return withPlace(state, {
      sort: { column, isDescending: current.sort?.isDescending ?? false },
    });
  }
  // Beyond the last column lies the order that it has by itself.
  const places = [...state.places.slice(0, -1), withoutSort(current)];
  return { ...state, places };
}

function withoutSort({ sort: _, ...rest }: ReturnType<typeof currentPlace>) {
  return rest;
}

function neighbour(state: ConsoleState, direction: 1 | -1): ConsoleState {
  const views: readonly ListViewId[] = numbered.map(([, view]) => view);
  const index = views.indexOf((state.places[0]?.view ?? "home") as ListViewId);
  return goTo(state, views[(index + direction + views.length) % views.length] ?? "home");
}

function freeName({ clusters }: ConsoleState): string {
  const taken = new Set((clusters ?? []).map(({ name }) => name));
  if (!taken.has("airfield")) return "airfield";
  for (let number = 2; ; number++) {
    if (!taken.has(`airfield-${number}`)) return `airfield-${number}`;
  }
}
