import { expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { beginFeed, nextFeed, type FeedInput, type FeedStep } from "../../kubernetes/watch-feed.ts";
import type { ClusterApi, FeedChange, KubernetesObject } from "../../ports/cluster-api.ts";
import { rowOf } from "../facts/row-of.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { Row } from "../model/rows.ts";
import { ClusterWatch } from "./watch-cluster.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i += 1) await turn();
}

const pod = (name: string, phase = "Running", uid = `uid-${name}`): KubernetesObject => ({
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name, uid, namespace: "default" } },
  status: { phase },
});

/** What a reducer keeps. */
class Table {
  readonly rows = new Map<string, Row>();
  readonly states: string[] = [];

  readonly take = (event: ConsoleEvent): void => {
    if (event.type === "feed") this.states.push(`${event.kind} ${event.state}`);
    if (event.type === "row") this.rows.set(event.row.uid, event.row);
    if (event.type === "row-gone") this.rows.delete(event.uid);
    if (event.type !== "rows") return;
    for (const [uid, row] of this.rows) if (row.kind === event.kind) this.rows.delete(uid);
    for (const row of event.rows) this.rows.set(row.uid, row);
  };

  get names(): readonly string[] {
    return [...this.rows.values()].map(({ kind, name }) => `${kind}/${name}`).sort();
  }
}

function aWatch(api: Pick<ClusterApi, "watch">) {
  const clock = new FakeClock();
  const table = new Table();
  return { clock, table, watch: new ClusterWatch({ api, clock, emit: table.take }) };
}

test("tells rows of the kinds that are wanted, as they change, and stops those that are not", async () => {
  const api = new FakeClusterApi();
  api.put(pod("a"));
  const { table, watch } = aWatch(api);
  watch.want(["Pod", "Namespace"]);
  await turns();
  expect(table.names).toEqual(["Namespace/default", "Namespace/kube-system", "Pod/a"]);
  expect(table.states).toEqual([
    ...["Pod connecting", "Namespace connecting", "Pod live", "Namespace live"],
  ]);
  api.put(pod("b", "Pending"));
  await turns();
  await api.remove([{ kind: "Pod", name: "a" }]);
  await turns();
  expect(table.names).toEqual(["Namespace/default", "Namespace/kube-system", "Pod/b"]);
  watch.want(["Namespace"]);
  api.put(pod("c"));
  await turns();
  expect(table.names).not.toContain("Pod/c");
  expect(api.calls.filter((call) => call.startsWith("watch"))).toEqual([
    ...["watch Pod", "watch Namespace"],
  ]);
  watch.end();
});

test("a pod that comes back with the same name is another row", async () => {
  const api = new FakeClusterApi();
  api.put(pod("db-0", "Running", "first"));
  const { table, watch } = aWatch(api);
  watch.want(["Pod"]);
  await turns();
  await api.remove([{ kind: "Pod", name: "db-0" }]);
  api.put(pod("db-0", "Running", "second"));
  await turns();
  expect([...table.rows.keys()]).toEqual(["second"]);
  watch.end();
});

/** Feeds that a test tells what to say; each one ends with an error or when it is aborted. */
class ScriptedFeeds {
  opened = 0;
  readonly #scripts: readonly (readonly (FeedChange | Error)[])[];

  constructor(...scripts: readonly (readonly (FeedChange | Error)[])[]) {
    this.#scripts = scripts;
  }

  async *watch(_: unknown, { signal }: { readonly signal: AbortSignal }) {
    for (const change of this.#scripts[this.opened++] ?? []) {
      if (change instanceof Error) throw change;
      yield change;
      await turn();
    }
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  }
}

const listed = (...names: readonly string[]): FeedChange => ({
  ...{ type: "listed", objects: names.map((name) => pod(name)) },
});
const gone = new ToolError("cluster-not-found", { name: "a", known: [] });
const stopped = new ToolError("cluster-incomplete", { name: "a", reason: "it is exited" });

test("a cluster that stops keeps its rows, and is listed anew when it is back", async () => {
  const feeds = new ScriptedFeeds([listed("a"), stopped], [stopped], [listed("b")]);
  const { table, watch, clock } = aWatch(feeds);
  watch.want(["Pod"]);
  await turns(3);
  expect(table.names).toEqual(["Pod/a"]);
  expect(table.states.slice(0, 3)).toEqual(["Pod connecting", "Pod live", "Pod interrupted"]);
  await turns(20);
  expect(clock.sleepsMs).toEqual([1000, 2000]);
  expect(table.names).toEqual(["Pod/b"]);
  expect(table.states.at(-1)).toBe("Pod live");
  watch.end();
});

test("a cluster that is gone has no rows; one made anew under its name is found at once", async () => {
  const feeds = new ScriptedFeeds([listed("a"), gone], [listed("new")]);
  const { table, watch, clock } = aWatch(feeds);
  // No time passes: only its containers tell that it is back.
  clock.sleep = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error));
    });
  watch.want(["Pod"]);
  await turns();
  expect(table.names).toEqual([]);
  expect(table.states.at(-1)).toBe("Pod interrupted");
  watch.renew();
  await turns();
  expect(table.names).toEqual(["Pod/new"]);
  watch.end();
});

test("a kind that the cluster refuses says why, and does not stop the others", async () => {
  const api = new FakeClusterApi();
  api.put(pod("a"));
  api.refusal = (call) => (call === "watch Event" ? "events is forbidden" : undefined);
  const { table, watch } = aWatch(api);
  watch.want(["Pod", "Event"]);
  await turns();
  expect(table.names).toEqual(["Pod/a"]);
  expect(table.states).toContain("Event refused");
  watch.end();
});

/**
 * What an API server might send in 10,000 turns: changes, bookmarks, half lines, compacted history, silence, refusals. The
 * feed's own machine carries it out; after all of it the rows equal a fresh list.
 */
test("as soon as one kind is live again the others are tried, too", async () => {
  const api = new FakeClusterApi();
  const clock = new HeldClock();
  const table = new Table();
  const watch = new ClusterWatch({ api, clock, emit: table.take });
  api.refusal = () => "no answer";
  watch.want(["Namespace", "Node"]);
  await clock.pass(60_000);
  // Between two tries of both: the third kind is asked at once, and answers.
  api.refusal = () => undefined;
  watch.want(["Namespace", "Node", "Pod"]);
  await clock.pass(0);
  expect(table.states.slice(-3).toSorted()).toEqual(["Namespace live", "Node live", "Pod live"]);
  watch.end();
});

test("after 10,000 events with every kind of trouble the rows equal a fresh list", async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const server = new Map<string, KubernetesObject>();
  const history: { readonly version: number; readonly line: FeedInput }[] = [];
  let version = 0;
  let oldest = 0;
  let uids = 0;
  const change = (): void => {
    version += 1;
    const name = `pod-${random(60)}`;
    const before = server.get(name);
    const isGone = before !== undefined && random(3) === 0;
    const uid = before?.metadata?.uid ?? `uid-${++uids}`;
    const object = {
      ...pod(name, ["Pending", "Running", "Failed"][random(3)], uid),
      metadata: { name, uid, namespace: "default", resourceVersion: String(version) },
    };
    if (isGone) server.delete(name);
    else server.set(name, object);
    const type = isGone ? "DELETED" : before === undefined ? "ADDED" : "MODIFIED";
    history.push({ version, line: { type: "event", event: { type, object } } });
  };
  let isOver = false;
  async function* feed(): AsyncGenerator<FeedChange, void, undefined> {
    let step: FeedStep = beginFeed();
    let at = 0;
    let nowMs = 0;
    const answer = (): FeedInput => {
      const { action } = step;
      if (action.do === "list") {
        return {
          ...{ type: "page", version: String(version), next: undefined },
          objects: [...server.values()],
        };
      }
      if (action.do === "watch") {
        at = Number(action.version);
        if (at < oldest) return { type: "failed", status: 410, reason: "too old" };
        return random(20) === 0 ? { type: "failed", reason: "refused" } : { type: "opened" };
      }
      if (action.do === "pause") return { type: "paused" };
      if (action.do === "probe") return { type: "answered" };
      const trouble = isOver ? 99 : random(100);
      if (trouble === 0) return { type: "ended" };
      if (trouble === 1) return { type: "failed", reason: "half a line is no JSON" };
      if (trouble === 2) return { type: "silent", forMs: 80_000 };
      if (trouble === 3) {
        oldest = version;
        const object = { code: 410, message: "compacted" };
        return { type: "event", event: { type: "ERROR", object } };
      }
      if (trouble === 4) return { type: "failed", status: 429, reason: "too many requests" };
      if (trouble === 5) {
        const object = { metadata: { resourceVersion: String(at) } };
        return { type: "event", event: { type: "BOOKMARK", object } };
      }
      const next = history[at];
      if (next === undefined) return { type: "silent", forMs: 15_000 };
      at = next.version;
      return next.line;
    };
    for (;;) {
      yield* step.changes;
      if (version < 10_000) for (let i = random(3); i > 0; i -= 1) change();
      else isOver = true;
      if (isOver && step.action.do === "read" && at === version) return;
      nowMs += 100;
      step = nextFeed(step.state, answer(), { nowMs, random: 0.5 });
    }
  }
  const { table, watch } = aWatch({ watch: feed });
  watch.want(["Pod"]);
  while (!isOver || table.states.length === 0) await turn();
  await turns();
  watch.end();
  expect(uids).toBeGreaterThan(1000);
  expect(table.states.filter((state) => state === "Pod interrupted").length).toBeGreaterThan(10);
  const fresh = [...server.values()].map((object) => rowOf(object, "Pod"));
  const byUid = (a: Row, b: Row) => a.uid.localeCompare(b.uid);
  expect([...table.rows.values()].toSorted(byUid)).toEqual(fresh.toSorted(byUid));
});
