import type { CommandDefinition } from "../commands/command.ts";
import { selectedIndex, visibleSubjects } from "../lists/visible.ts";
import type { ConsoleEvent, NodeFigures } from "../model/events.ts";
import type { Row, RowKind } from "../model/rows.ts";
import type { NamedEvent } from "../../ports/events.ts";
import { withAnswer } from "./actuator-state.ts";
import { keptAnswers } from "./answers.ts";
import {
  currentPlace,
  withPlace,
  type ActionState,
  type ConsoleState,
  type NodeHistory,
} from "./console-state.ts";
import { addLogLines, setLogStream } from "./logs-state.ts";
import { reduceLoop } from "./loop-state.ts";
import { enterCluster, forgetCluster, withMessage } from "./navigate.ts";
import { reduceKey } from "./reduce-key.ts";

/** Ten minutes of figures, one each ten seconds. */
const keptFigures = 60;
/** What an action tells is kept so far; its whole output is in the log file. */
const keptActionEvents = 500;
const keptActions = 100;

/**
 * What the terminal UI knows after an event. Pure: a recording folds to the same state. What the event asks of the world is
 * in `requests` of the result, and of this event alone.
 */
export function reduce(
  before: ConsoleState,
  event: ConsoleEvent,
  commands: readonly CommandDefinition[],
): ConsoleState {
  const state: ConsoleState = {
    ...before,
    requests: [],
    nowMs: "atMs" in event ? Math.max(before.nowMs, event.atMs) : before.nowMs,
  };
  switch (event.type) {
    case "clusters":
      return settle(withClusters({ ...state, engine: { state: "reached" } }, event.clusters));
    case "engine":
      return {
        ...state,
        engine: {
          state: event.state,
          ...(event.reason === undefined ? {} : { reason: event.reason }),
        },
      };
    case "cluster-entered":
      return event.cluster === state.toldCluster
        ? state
        : { ...state, ...forgetCluster, toldCluster: event.cluster };
    case "feed": {
      const { kind, state: now, reason, atMs } = event;
      const feed = { state: now, atMs, ...(reason === undefined ? {} : { reason }) };
      return isTold(state) ? { ...state, feeds: { ...state.feeds, [kind]: feed } } : state;
    }
    case "rows":
      return isTold(state) ? settle(withRows(state, event.kind, event.rows)) : state;
    case "row":
      return isTold(state) ? settle(withRow(state, event.row)) : state;
    case "row-gone":
      return isTold(state) ? settle(withoutRow(state, event.kind, event.uid)) : state;
    case "figures":
      return isTold(state) ? withFigures(state, event.figures) : state;
    case "log":
      return state.logs === undefined
        ? state
        : { ...state, logs: addLogLines(state.logs, event.lines) };
    case "log-stream":
      return state.logs === undefined
        ? state
        : { ...state, logs: setLogStream(state.logs, event.stream) };
    case "answer": {
      const { application, ms, status, atMs } = event;
      const answer = {
        atMs,
        ...(ms === undefined ? {} : { ms }),
        ...(status === undefined ? {} : { status }),
      };
      const kept = [...(state.answers.get(application) ?? []), answer].slice(-keptAnswers);
      return { ...state, answers: new Map(state.answers).set(application, kept) };
    }
    case "actuator":
      return withAnswer(state, event);
    case "message":
      return withMessage(state, event.text, event.tone);
    case "document":
      return currentPlace(state).view === "document"
        ? { ...state, document: { title: event.title, lines: event.lines } }
        : state;
    case "action-started":
      return withMessage(
        {
          ...state,
          actions: [
            ...state.actions,
            { ...event.action, startedAtMs: event.atMs, progress: "", events: [] },
          ].slice(-keptActions),
        },
        event.action.line,
        "plain",
      );
    case "action-progress":
      return {
        ...changeAction(state, event.id, (action) => ({
          events: [...action.events, event.event].slice(-keptActionEvents),
          progress: progressOf(event.event) ?? action.progress,
        })),
        loop: reduceLoop(state.loop, event.event, event.atMs),
      };
    case "action-ended":
      return withEnd(state, event);
    case "key":
      return settle(reduceKey(state, event.key, commands));
    case "resize":
      return { ...state, size: { columns: event.columns, rows: event.rows } };
    case "tick":
      return state.message !== undefined && state.message.untilMs <= state.nowMs
        ? { ...state, message: undefined }
        : state;
  }
}

/** Rows come of the cluster that was entered, and not of the one before. */
function isTold({ cluster, toldCluster }: ConsoleState): boolean {
  return cluster !== undefined && cluster === toldCluster;
}

function withClusters(
  state: ConsoleState,
  clusters: NonNullable<ConsoleState["clusters"]>,
): ConsoleState {
  const isFirst = state.clusters === undefined;
  const known = { ...state, clusters };
  if (!isFirst) return known;
  const wanted = state.firstCluster ?? (clusters.length === 1 ? clusters[0]?.name : undefined);
  if (wanted === undefined) return known;
  if (clusters.some(({ name }) => name === wanted)) return enterCluster(known, wanted);
  return withMessage(known, `There is no cluster ${wanted}.`, "bad");
}

function withRows(state: ConsoleState, kind: RowKind, rows: readonly Row[]): ConsoleState {
  const fresh = new Map(rows.map((row) => [row.uid, row]));
  return { ...state, rows: { ...state.rows, [kind]: fresh } };
}

function withRow(state: ConsoleState, row: Row): ConsoleState {
  const present = new Map<string, Row>(state.rows[row.kind]);
  present.set(row.uid, row);
  return { ...state, rows: { ...state.rows, [row.kind]: present } };
}

function withoutRow(state: ConsoleState, kind: RowKind, uid: string): ConsoleState {
  const present = new Map<string, Row>(state.rows[kind]);
  if (!present.delete(uid)) return state;
  return { ...state, rows: { ...state.rows, [kind]: present } };
}

function withFigures(state: ConsoleState, figures: NodeFigures): ConsoleState {
  const before = state.figures.get(figures.node);
  const history: NodeHistory = {
    newest: figures,
    cpuCores: [...(before?.cpuCores ?? []), figures.cpuCores].slice(-keptFigures),
    memoryBytes: [...(before?.memoryBytes ?? []), figures.memoryBytes].slice(-keptFigures),
  };
  return { ...state, figures: new Map(state.figures).set(figures.node, history) };
}

function changeAction(
  state: ConsoleState,
  id: number,
  change: (action: ActionState) => Partial<ActionState>,
): ConsoleState {
  return {
    ...state,
    actions: state.actions.map((action) =>
      action.id === id ? { ...action, ...change(action) } : action,
    ),
  };
}

function withEnd(
  state: ConsoleState,
  { id, error, atMs }: Extract<ConsoleEvent, { readonly type: "action-ended" }>,
): ConsoleState {
  const action = state.actions.find((each) => each.id === id);
  const ended = changeAction(state, id, () => ({
    endedAtMs: atMs,
    ...(error === undefined ? {} : { error }),
  }));
  if (action === undefined) return ended;
  const [reason = ""] = (error ?? "").split("\n");
  return error === undefined
    ? withMessage(ended, `Done: ${action.line}`, "good")
    : withMessage(ended, `Failed: ${action.line}: ${reason} (@ shows all of it)`, "bad");
}

/** What an event says of an action, in one line. */
function progressOf(event: NamedEvent): string | undefined {
  switch (event.type) {
    case "run-started":
    case "step-started":
      return event.title;
    case "step-progress":
      return event.detail;
    case "run-finished":
      return event.summary;
    case "warning":
      return event.message;
    default:
      return undefined;
  }
}

/** These tell the newest first: what is selected there is the top until somebody moves. */
const newestFirst = ["events", "actions"];

/** Keeps what is selected selected, by its uid, while rows come and go around it. */
function settle(state: ConsoleState): ConsoleState {
  const current = currentPlace(state);
  if (newestFirst.includes(current.view) && current.selectedUid === undefined) return state;
  const subjects = visibleSubjects(state, current);
  if (subjects.length === 0) return state;
  const index = selectedIndex(subjects, current);
  const uid = subjects[index]?.uid;
  if (uid === undefined || (uid === current.selectedUid && index === current.selectedIndex)) {
    return state;
  }
  // One that is looked for may still be on its way.
  if (current.selectedUid !== undefined && uid !== current.selectedUid && isListing(state)) {
    return state;
  }
  return withPlace(state, { selectedUid: uid, selectedIndex: index });
}

function isListing({ feeds }: ConsoleState): boolean {
  return Object.values(feeds).some(({ state }) => state === "connecting");
}
