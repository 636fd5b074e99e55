import { describe, expect, test } from "vitest";
import type { FeedChange } from "../ports/cluster-api.ts";
import {
  beginFeed,
  nextFeed,
  type FeedAction,
  type FeedInput,
  type FeedState,
  type WatchEvent,
} from "./watch-feed.ts";

const pod = (name: string, resourceVersion = "1") => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion },
});
const page = (version: string, next?: string, ...names: readonly string[]): FeedInput => ({
  ...{ type: "page", version, next },
  objects: names.map((name) => pod(name)),
});
const event = (type: string, object: NonNullable<WatchEvent["object"]>): FeedInput => ({
  type: "event",
  event: { type, object },
});
const failed = (status?: number): FeedInput => ({ type: "failed", status, reason: "broken" });
const gone = event("ERROR", { code: 410, message: "too old resource version" });

/** What a feed does and tells when this happens, one after the other; `at` is the time of each in seconds. */
function run(...inputs: readonly (FeedInput & { readonly at?: number })[]): {
  readonly actions: readonly FeedAction[];
  readonly changes: readonly FeedChange[];
  readonly state: FeedState;
} {
  let step = beginFeed();
  const actions = [step.action];
  const changes: FeedChange[] = [];
  let nowMs = 0;
  for (const { at, ...input } of inputs) {
    nowMs = at === undefined ? nowMs : at * 1000;
    step = nextFeed(step.state, input, { nowMs, random: 1 });
    actions.push(step.action);
    changes.push(...step.changes);
  }
  return { actions, changes, state: step.state };
}

const list: FeedAction = { do: "list", next: undefined };
const watch = (version: string): FeedAction => ({ do: "watch", version });
const pause = (ms: number): FeedAction => ({ do: "pause", ms });
const read: FeedAction = { do: "read" };
const opened: FeedInput = { type: "opened" };
const paused: FeedInput = { type: "paused" };

test("lists page by page, tells them as one, and watches from the list's version", () => {
  const { actions, changes } = run(page("5", "more", "a"), page("5", undefined, "b"), opened);
  expect(actions).toEqual([list, { do: "list", next: "more" }, watch("5"), read]);
  expect(changes).toEqual([{ type: "listed", objects: [pod("a"), pod("b")] }]);
});

test("tells what is added, modified and deleted, and no bookmark", () => {
  const { changes, state } = run(
    page("5"),
    event("ADDED", pod("a", "6")),
    event("MODIFIED", pod("a", "7")),
    event("DELETED", pod("a", "8")),
    event("BOOKMARK", { metadata: { resourceVersion: "90" } }),
  );
  expect(changes.slice(1)).toEqual([
    { type: "changed", object: pod("a", "6") },
    { type: "changed", object: pod("a", "7") },
    { type: "removed", object: pod("a", "8") },
  ]);
  expect(state.version).toBe("90");
});

test.each<[string, readonly (FeedInput & { readonly at?: number })[], FeedAction]>([
  ["ends as it does every few minutes", [{ type: "ended", at: 400 }], watch("90")],
  ["ends at once", [{ type: "ended", at: 0.2 }], pause(500)],
  ["breaks off", [failed()], pause(500)],
  ["is refused because there are too many", [failed(429)], pause(500)],
  ["is refused by a server that knows nobody's rights yet", [failed(403)], pause(500)],
  ["may go on after a pause", [failed(), paused], watch("90")],
  ["finds its history compacted", [gone], list],
  ["finds its history compacted, by the answer's status", [failed(410)], list],
  ["finds it compacted right after a new list", [gone, page("95"), gone], pause(1000)],
  ["says nothing for a while", [{ type: "silent", forMs: 15_000 }], { do: "probe" }],
  [
    "is silent, and the server answers",
    [{ type: "silent", forMs: 15_000 }, { type: "answered" }],
    read,
  ],
  [
    "is silent, and the server does not answer",
    [{ type: "silent", forMs: 15_000 }, failed()],
    pause(500),
  ],
  ["is silent for longer than bookmarks are", [{ type: "silent", forMs: 75_000 }], watch("90")],
])("a watch that %s", (_, inputs, action) => {
  const bookmark = event("BOOKMARK", { metadata: { resourceVersion: "90" } });
  expect(run(page("5"), opened, bookmark, ...inputs).actions.at(-1)).toEqual(action);
});

test("pauses grow up to a limit, and begin anew after a watch that has lived", () => {
  const again: readonly FeedInput[] = [failed(), paused];
  const { actions } = run(page("5"), ...Array.from({ length: 7 }, () => again).flat());
  const waits = actions.flatMap((action) => (action.do === "pause" ? [action.ms] : []));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  const lived = run(page("5"), ...again, ...again, { ...failed(), at: 31 });
  expect(lived.actions.at(-1)).toEqual(pause(500));
});

test("pauses are of different lengths, and not shorter than the server asks", () => {
  const { state } = run(page("5"));
  const pauseOf = (random: number, retryAfterMs?: number) =>
    nextFeed(state, { ...failed(), retryAfterMs } as FeedInput, { nowMs: 0, random }).action;
  expect(pauseOf(0)).toEqual(pause(250));
  expect(pauseOf(0.5)).toEqual(pause(375));
  expect(pauseOf(0, 7000)).toEqual(pause(7000));
});

describe("what is out of date", () => {
  const types = (...inputs: readonly FeedInput[]) =>
    run(page("5"), ...inputs).changes.map(({ type }) => type);

  test("is told once, and when it is up to date again", () => {
    expect(types(failed(), paused, failed(), paused, opened, event("ADDED", pod("a")))).toEqual([
      "listed",
      "interrupted",
      "resumed",
      "changed",
    ]);
  });

  test("is up to date with a new list", () => {
    expect(types(failed(), paused, failed(410), page("9"), opened)).toEqual([
      "listed",
      "interrupted",
      "listed",
    ]);
  });

  test("is not so when a watch ends as usual, or a history is compacted", () => {
    const ended = run(page("5"), { type: "ended", at: 300 }, opened, gone, page("9"), opened);
    expect(ended.changes.map(({ type }) => type)).toEqual(["listed", "listed"]);
  });
});

describe("before the first list", () => {
  test.each([401, 403, 404])("a refusal %i ends the feed", (status) => {
    const { actions, changes } = run(failed(status));
    expect(actions.at(-1)).toEqual({ do: "give-up", status, reason: "broken" });
    expect(changes).toEqual([]);
  });

  test.each([undefined, 429, 500, 503])("%s is tried again, without telling", (status) => {
    const { actions, changes } = run(failed(status), paused, page("5"));
    expect(actions).toEqual([list, pause(500), list, watch("5")]);
    expect(changes).toEqual([{ type: "listed", objects: [] }]);
  });

  test("a list whose rest is compacted begins anew", () => {
    const { changes } = run(page("5", "more", "a"), failed(410), page("9", undefined, "b"));
    expect(changes).toEqual([{ type: "listed", objects: [pod("b")] }]);
  });

  test("a list that breaks off begins anew", () => {
    const { changes } = run(page("5", "more", "a"), failed(), paused, page("9", undefined, "b"));
    expect(changes).toEqual([{ type: "listed", objects: [pod("b")] }]);
  });
});
