import type { FeedChange, KubernetesObject } from "../ports/cluster-api.ts";

/**
 * A list and a watch as one feed, without the connections: what has happened goes in, what to do next and what to tell
 * comes out. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export interface FeedState {
  readonly phase: "listing" | "watching" | "pausing" | "over";
  /** Of the last list, event or bookmark. Opaque: only good for going on from there. Undefined: list anew. */
  readonly version: string | undefined;
  /** Pages of a list that is not complete. */
  readonly pages: readonly KubernetesObject[];
  readonly hasListed: boolean;
  readonly isInterrupted: boolean;
  /** In a row. */
  readonly failures: number;
  /** When the watch was begun, monotonic. */
  readonly watchedSinceMs: number;
}

export interface WatchEvent {
  readonly type?: string;
  readonly object?: KubernetesObject & {
    readonly metadata?: { readonly resourceVersion?: string };
    /** Of an ERROR, whose object is a Status. */
    readonly code?: number;
    readonly message?: string;
  };
}

export type FeedInput =
  | {
      readonly type: "page";
      readonly objects: readonly KubernetesObject[];
      readonly version: string;
      /** Continues the list; undefined: this was the last page. */
      readonly next: string | undefined;
    }
  /** The server has taken the request for the watch. */
  | { readonly type: "opened" }
  | { readonly type: "event"; readonly event: WatchEvent }
  /** The server has ended the watch, as it does every few minutes. */
  | { readonly type: "ended" }
  /** Refused, or broken off, or not answered; the latter two without a status. */
  | {
      readonly type: "failed";
      readonly status?: number | undefined;
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** The watch is open and has said nothing for so long. */
  | { readonly type: "silent"; readonly forMs: number }
  /** The API server has answered another request meanwhile. */
  | { readonly type: "answered" }
  /** A pause is over. */
  | { readonly type: "paused" };

export type FeedAction =
  | { readonly do: "list"; readonly next: string | undefined }
  | { readonly do: "watch"; readonly version: string }
  /** Go on with the watch. */
  | { readonly do: "read" }
  /** Ask the API server something else; the watch stays. */
  | { readonly do: "probe" }
  | { readonly do: "pause"; readonly ms: number }
  | { readonly do: "give-up"; readonly status: number; readonly reason: string };

export interface FeedStep {
  readonly state: FeedState;
  readonly changes: readonly FeedChange[];
  readonly action: FeedAction;
}

const GONE = 410;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A watch that was open for so long has worked. */
const LIVED_MS = 30_000;
/** A server that ends watches sooner than this would be asked again and again. */
const SHORTEST_WATCH_MS = 1_000;
/** A bookmark comes each minute; none for longer means that the connection is dead, whatever else the server answers. */
const SILENCE_MS = 75_000;

export function beginFeed(): FeedStep {
  const state: FeedState = {
    ...{ phase: "listing", version: undefined, pages: [], hasListed: false },
    ...{ isInterrupted: false, failures: 0, watchedSinceMs: 0 },
  };
  return { state, changes: [], action: { do: "list", next: undefined } };
}

/** @param random from 0 to 1, so that many feeds of a server that restarts do not come back at the same moment */
export function nextFeed(
  state: FeedState,
  input: FeedInput,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): FeedStep {
  switch (input.type) {
    case "page":
      return onPage(state, input, nowMs);
    case "opened":
      return tell(state, []);
    case "event":
      return onEvent(state, input.event, { nowMs, random });
    case "ended":
      if (nowMs - state.watchedSinceMs >= SHORTEST_WATCH_MS) {
        return watchAgain(afterLife(state, nowMs), nowMs);
      }
      return pause(state, { reason: "the API server ends watches at once" }, random);
    case "failed":
      return onFailure(state, input, { nowMs, random });
    case "silent":
      if (input.forMs >= SILENCE_MS) return watchAgain(state, nowMs);
      return { state, changes: [], action: { do: "probe" } };
    case "answered":
      return { state, changes: [], action: { do: "read" } };
    case "paused":
      return state.version === undefined ? listAnew(state) : watchAgain(state, nowMs);
  }
}

function onPage(
  state: FeedState,
  { objects, version, next }: Extract<FeedInput, { readonly type: "page" }>,
  nowMs: number,
): FeedStep {
  const pages = [...state.pages, ...objects];
  if (next !== undefined) {
    return { state: { ...state, pages }, changes: [], action: { do: "list", next } };
  }
  const listed: FeedState = {
    ...state,
    ...{ phase: "watching", version, pages: [], hasListed: true, isInterrupted: false },
    watchedSinceMs: nowMs,
  };
  return {
    state: listed,
    changes: [{ type: "listed", objects: pages }],
    action: { do: "watch", version },
  };
}

function onEvent(
  state: FeedState,
  { type, object = {} }: WatchEvent,
  surroundings: { readonly nowMs: number; readonly random: number },
): FeedStep {
  if (type === "ERROR") {
    const reason = object.message ?? "the watch has failed";
    return onFailure(state, { status: object.code, reason }, surroundings);
  }
  const version = object.metadata?.resourceVersion ?? state.version;
  const changes: readonly FeedChange[] =
    type === "ADDED" || type === "MODIFIED"
      ? [{ type: "changed", object }]
      : type === "DELETED"
        ? [{ type: "removed", object }]
        : [];
  return tell({ ...state, version }, changes);
}

/** The watch works. */
function tell(state: FeedState, changes: readonly FeedChange[]): FeedStep {
  const resumed: readonly FeedChange[] = state.isInterrupted ? [{ type: "resumed" }] : [];
  return {
    state: { ...state, isInterrupted: false },
    changes: [...resumed, ...changes],
    action: { do: "read" },
  };
}

function onFailure(
  before: FeedState,
  failure: {
    readonly status?: number | undefined;
    readonly reason: string;
    readonly retryAfterMs?: number | undefined;
  },
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): FeedStep {
  const { status, reason } = failure;
  const state = afterLife(before, nowMs);
  // The history from our version on, or the rest of our list, is compacted. That is no failure the first time.
  if (status === GONE) {
    const lost = { ...state, version: undefined, pages: [] };
    return state.failures === 0 ? listAnew({ ...lost, failures: 1 }) : pause(lost, failure, random);
  }
  // Refused for good. Later the same may be said by a server that has just begun and knows nobody's rights yet.
  if (status !== undefined && !mayPass(status) && !state.hasListed) {
    const over: FeedState = { ...state, phase: "over" };
    return { state: over, changes: [], action: { do: "give-up", status, reason } };
  }
  return pause(state, failure, random);
}

/** A watch that has lived makes what comes next the first failure. */
function afterLife(state: FeedState, nowMs: number): FeedState {
  const hasLived = state.phase === "watching" && nowMs - state.watchedSinceMs >= LIVED_MS;
  return hasLived ? { ...state, failures: 0 } : state;
}

/** Too many requests, or a server that starts or stops. */
function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function listAnew(state: FeedState): FeedStep {
  return {
    state: { ...state, phase: "listing", version: undefined, pages: [] },
    changes: [],
    action: { do: "list", next: undefined },
  };
}

function watchAgain(state: FeedState, nowMs: number): FeedStep {
  const { version } = state;
  if (version === undefined) return listAnew(state);
  return {
    state: { ...state, phase: "watching", watchedSinceMs: nowMs },
    changes: [],
    action: { do: "watch", version },
  };
}

function pause(
  state: FeedState,
  {
    reason,
    retryAfterMs = 0,
  }: { readonly reason: string; readonly retryAfterMs?: number | undefined },
  random: number,
): FeedStep {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** state.failures, LONGEST_PAUSE_MS);
  const ms = Math.max(retryAfterMs, longest * (0.5 + random / 2));
  const isNews = state.hasListed && !state.isInterrupted;
  return {
    state: {
      ...state,
      ...{ phase: "pausing", pages: [], failures: state.failures + 1 },
      isInterrupted: state.isInterrupted || isNews,
    },
    changes: isNews ? [{ type: "interrupted", reason }] : [],
    action: { do: "pause", ms },
  };
}
