import { targetOf, type Subject } from "../lists/subject.ts";
import { selectedIndex, visibleSubjects } from "../lists/visible.ts";
import type { LogInterest, Target } from "../model/requests.ts";
import {
  currentPlace,
  place,
  withPlace,
  type ConsoleState,
  type ListViewId,
  type Place,
} from "./console-state.ts";
import { openLogs } from "./logs-state.ts";

/** Goes one step further; `back` comes back here as it was. */
export function push(state: ConsoleState, next: Place): ConsoleState {
  return { ...state, places: [...state.places, next], overlay: undefined };
}

/** Goes to a view as the only one, as it was when it was left. */
export function goTo(state: ConsoleState, view: ListViewId): ConsoleState {
  const [root] = state.places;
  if (root === undefined) return state;
  if (root.view === view) return { ...state, places: [root], overlay: undefined };
  return {
    ...state,
    left: { ...state.left, [root.view]: root },
    places: [state.left[view] ?? place(view)],
    overlay: undefined,
    logs: undefined,
  };
}

/** One step back: marks, then the filter, then the place. */
export function back(state: ConsoleState): ConsoleState {
  const current = currentPlace(state);
  if (current.marked.length > 0) return withPlace(state, { marked: [] });
  if (state.logs !== undefined && current.view === "logs" && state.logs.search !== "") {
    return { ...state, logs: { ...state.logs, search: "", onlyMatches: false } };
  }
  if (current.filter !== "") return withPlace(state, { filter: "" });
  if (current.search !== "") return withPlace(state, { search: "" });
  if (state.places.length > 1) return pop(state);
  const root: ListViewId = state.cluster === undefined ? "clusters" : "home";
  return current.view === root ? state : goTo(state, root);
}

export function pop(state: ConsoleState): ConsoleState {
  const left = currentPlace(state);
  const places = state.places.slice(0, -1);
  if (places.length === 0) return state;
  return {
    ...state,
    places,
    ...(left.view === "logs" ? { logs: undefined } : {}),
    ...(left.view === "document" ? { document: undefined } : {}),
  };
}

export function enterCluster(state: ConsoleState, cluster: string): ConsoleState {
  const isSame = state.cluster === cluster;
  return {
    ...state,
    cluster,
    ...(isSame ? {} : forgetCluster),
    toldCluster: isSame ? state.toldCluster : undefined,
    places: [place("home")],
    left: {},
    overlay: undefined,
  };
}

/** What is known of a cluster, and not of another one of the same name. */
export const forgetCluster = {
  feeds: {},
  rows: {},
  figures: new Map(),
  probed: undefined,
  answers: new Map(),
  actuator: new Map(),
  actuatorCurves: new Map(),
  changedLevels: new Map(),
} as const satisfies Partial<ConsoleState>;

export function showLogs(
  state: ConsoleState,
  target: Target,
  options: { readonly previous: boolean },
): ConsoleState {
  const interest: LogInterest = { of: target, previous: options.previous };
  const title = target.pod === undefined ? target.name : `${target.pod} ${target.name}`;
  return { ...push(state, place("logs", { of: target })), logs: openLogs(interest, title) };
}

/** Where enter leads from a row. */
export function openSubject(state: ConsoleState, subject: Subject): ConsoleState {
  const target = targetOf(subject, state.cluster);
  switch (subject.kind) {
    case "Cluster":
      return enterCluster(state, subject.name);
    case "Application":
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
    case "Node":
    case "Namespace":
      return push(state, place("pods", { of: target }));
    case "Pod":
      return push(state, place("containers", { of: target }));
    case "Container":
      return showLogs(state, target, { previous: false });
    case "Finding":
      return openObject(state, subject.about);
    case "Event":
      return openObject(state, subject.about);
    case "Service":
    case "Ingress":
    case "PersistentVolumeClaim":
      return showDocument(state, target, "describe");
    case "Action":
      return showAction(state, subject);
  }
}

/** Shows an object in the list of its kind. */
export function openObject(
  state: ConsoleState,
  { kind, uid }: { readonly kind: string; readonly uid: string },
): ConsoleState {
  const view = viewsOfKinds[kind];
  if (view === undefined) {
    return withMessage(state, `There is no view of ${kind} yet.`, "plain");
  }
  return push(state, place(view, { selectedUid: uid }));
}

export const viewsOfKinds: Readonly<Record<string, ListViewId>> = {
  Application: "home",
  Cluster: "clusters",
  Node: "nodes",
  Deployment: "workloads",
  StatefulSet: "workloads",
  DaemonSet: "workloads",
  Job: "workloads",
  Pod: "pods",
  Service: "services",
  Ingress: "ingresses",
  PersistentVolumeClaim: "storage",
  Namespace: "namespaces",
};

export function showDocument(
  state: ConsoleState,
  target: Target,
  what: "describe" | "yaml",
): ConsoleState {
  const shown = { ...push(state, place("document", { of: target })), document: undefined };
  return request(shown, { type: "show-document", what, of: target, showsSecrets: false });
}

function showAction(
  state: ConsoleState,
  { action }: Extract<Subject, { readonly kind: "Action" }>,
): ConsoleState {
  const lines = action.events.flatMap((event) => {
    switch (event.type) {
      case "run-started":
        return [event.title];
      case "step-finished":
        return [`  ${event.title}: ${event.ms} ms`];
      case "step-failed":
        return [`! ${event.title}: ${event.code}`];
      case "step-skipped":
        return [`  ${event.title}: ${event.reason}`];
      case "warning":
        return [`! ${event.message}`, ...(event.hint === undefined ? [] : [`  ${event.hint}`])];
      case "output":
        return [`  ${event.line}`];
      case "run-finished":
        return [event.summary];
      default:
        return [];
    }
  });
  return {
    ...push(state, place("document")),
    document: {
      title: action.line,
      lines: [...lines, ...(action.error === undefined ? [] : ["", ...action.error.split("\n")])],
    },
  };
}

export function request(state: ConsoleState, ...requests: ConsoleState["requests"]): ConsoleState {
  return { ...state, requests: [...state.requests, ...requests] };
}

/** How long a message stands; long enough to be read twice. */
const messageMs = 6000;

export function withMessage(
  state: ConsoleState,
  text: string,
  tone: "good" | "bad" | "plain",
): ConsoleState {
  return { ...state, message: { text, tone, untilMs: state.nowMs + messageMs } };
}

/** Moves the selection of a list; what is selected is known by its uid from then on. */
export function moveSelection(
  state: ConsoleState,
  to: (index: number, last: number) => number,
): ConsoleState {
  const current = currentPlace(state);
  const subjects = visibleSubjects(state, current);
  const last = subjects.length - 1;
  const wanted = to(selectedIndex(subjects, current), last);
  const index = Math.max(0, Math.min(wanted, last));
  const subject = subjects[index];
  if (subject === undefined) return state;
  return withPlace(state, { selectedUid: subject.uid, selectedIndex: index });
}
