import { expect, onTestFinished, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { KubernetesObject, LogOptions } from "../../ports/cluster-api.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { PodLogs, type LogTarget, type LogWishes } from "./logs.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const running = { running: {} };
type State = Readonly<Record<string, object>>;

function aPod(
  name: string,
  {
    state = running,
    restarts = 0,
    createdMs = 0,
  }: { state?: State; restarts?: number; createdMs?: number } = {},
): KubernetesObject {
  const container = { name: "application", image: "shop:1" };
  return {
    kind: "Pod",
    metadata: {
      ...{ name, namespace: "dev", uid: name, creationTimestamp: at(createdMs) },
      labels: { app: "shop" },
    },
    spec: { containers: [container], initContainers: [{ name: "migrate" }] },
    status: { containerStatuses: [{ ...container, restartCount: restarts, state }] },
  };
}

/** An API server's logs: lines with their times, streams that end, and what was asked. */
class Logs {
  readonly asked: string[] = [];
  readonly #lines = new Map<string, string[]>();
  #breaks: (() => void)[] = [];
  #changed = Promise.withResolvers<void>();
  failure: Error | undefined;

  write(pod: string, ...lines: readonly (readonly [number, string])[]): void {
    const before = this.#lines.get(pod) ?? [];
    this.#lines.set(pod, [...before, ...lines.map(([ms, text]) => `${at(ms)} ${text}`)]);
    this.#wake();
  }

  restart(pod: string): void {
    this.#lines.set(pod, []);
  }

  /** The connections end without an error. */
  break(): void {
    for (const each of this.#breaks.splice(0)) each();
    this.#wake();
  }

  async *read(pod: string, { sinceTime, tail, follow, previous, signal }: LogOptions) {
    const how = {
      ...(sinceTime && { sinceTime }),
      ...(tail && { tail }),
      ...(previous && { previous }),
    };
    this.asked.push(`${pod} ${JSON.stringify(how)}`);
    if (this.failure !== undefined) throw this.failure;
    let isBroken = false;
    this.#breaks.push(() => (isBroken = true));
    const wake = () => this.#wake();
    signal?.addEventListener("abort", wake);
    let told = tail === undefined ? 0 : Math.max(0, (this.#lines.get(pod)?.length ?? 0) - tail);
    for (;;) {
      signal?.throwIfAborted();
      const lines = this.#lines.get(pod) ?? [];
      for (const line of lines.slice(told)) {
        // Whole seconds, as the API server reads them.
        if (sinceTime === undefined || line.slice(0, 19) >= sinceTime.slice(0, 19)) yield line;
      }
      told = lines.length;
      if (follow !== true) return;
      await this.#changed.promise;
      if (isBroken) return;
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function open(target: Partial<LogTarget> = {}, wishes: LogWishes = {}) {
  const cluster = new FakeClusterApi();
  cluster.namespaces.add("dev");
  const logs = new Logs();
  const clock = new HeldClock();
  const events: ConsoleEvent[] = [];
  const view = new PodLogs({ namespace: "dev", labels: { app: "shop" }, ...target }, wishes, {
    api: {
      watch: (...args) => cluster.watch(...args),
      logs: (pod, options) => logs.read(pod.name, options),
    },
    ...{ clock, emit: (event) => events.push(event) },
  });
  onTestFinished(() => view.end());
  const lines = () => events.flatMap((event) => (event.type === "log" ? event.lines : []));
  return {
    ...{ cluster, logs, clock, events, view, lines },
    texts: () => lines().map(({ stream, text }) => `${stream.split("/")[1]}: ${text}`),
    states: () =>
      events.flatMap((event) =>
        event.type === "log-stream"
          ? [
              `${event.stream.stream.split("/")[1]} ${event.stream.state} ${event.stream.reason ?? ""}`.trim(),
            ]
          : [],
      ),
  };
}

test("the pods of an application are one log, by time, with those that come later", async () => {
  const { cluster, logs, clock, view, texts, states, lines } = open();
  cluster.put(aPod("a"));
  cluster.put(aPod("b"));
  logs.write("a", [10, "one"], [30, "three"]);
  logs.write("b", [20, "two\u001b[31m\u001b[2J"]);
  view.begin();
  await clock.pass(500);
  expect(texts()).toEqual(["a: one", "b: two", "a: three"]);
  expect(states()).toEqual(["a attached", "b attached"]);
  expect(lines()[0]).toEqual({ stream: "dev/a/application", at: at(10), text: "one" });
  logs.write("c", [40, "four"]);
  cluster.put(aPod("c", { state: { waiting: { reason: "ContainerCreating" } }, createdMs: 9 }));
  await clock.pass(500);
  expect(states().at(-1)).toBe("c waiting ContainerCreating");
  cluster.put(aPod("c", { createdMs: 9 }));
  await cluster.remove([{ kind: "Pod", name: "a", namespace: "dev" }]);
  await clock.pass(500);
  logs.break();
  await clock.pass(500);
  expect(texts().at(-1)).toBe("c: four");
  expect(states()).toContain("c attached");
  expect(states()).toContain("a ended the pod is gone");
  // Old pods by their last lines, new ones from the first on.
  expect(logs.asked.slice(0, 3)).toEqual(['a {"tail":200}', 'b {"tail":200}', "c {}"]);
});

test("a log that breaks off goes on without a line too many or too few", async () => {
  const { cluster, logs, clock, view, texts } = open();
  cluster.put(aPod("a"));
  logs.write("a", [1_000, "one"], [2_500, "two"], [2_500, "two"]);
  view.begin();
  await clock.pass(300);
  logs.break();
  logs.write("a", [2_500, "two"], [3_000, "three"]);
  await clock.pass(2_000);
  expect(texts()).toEqual(["a: one", "a: two", "a: two", "a: two", "a: three"]);
  expect(logs.asked).toEqual(['a {"tail":200}', 'a {"sinceTime":"2026-01-01T00:00:01Z"}']);
});

test("a log of silence is opened again, and one that a paused node held", async () => {
  const { cluster, logs, clock, view, texts } = open();
  cluster.put(aPod("a"));
  logs.write("a", [1_000, "one"]);
  view.begin();
  await clock.pass(119_000);
  expect(logs.asked).toHaveLength(1);
  await clock.pass(2_000);
  expect(logs.asked).toHaveLength(2);
  view.renew();
  await clock.pass(100);
  expect(logs.asked).toHaveLength(3);
  expect(texts()).toEqual(["a: one"]);
});

test("a container that ended says so, and goes on when it starts again", async () => {
  const { cluster, logs, clock, view, texts, states } = open();
  cluster.put(aPod("a"));
  logs.write("a", [1_000, "before"]);
  view.begin();
  await clock.pass(300);
  cluster.put(aPod("a", { state: { terminated: { exitCode: 1, reason: "Error" } } }));
  logs.break();
  await clock.pass(5_000);
  expect(states()).toEqual(["a attached", "a ended exit code 1"]);
  expect(logs.asked).toHaveLength(1);
  logs.restart("a");
  logs.write("a", [9_000, "after"]);
  cluster.put(aPod("a", { restarts: 1 }));
  await clock.pass(300);
  expect(texts()).toEqual(["a: before", "a: after"]);
  expect(states().at(-1)).toBe("a attached");
});

test("a log that is refused is tried again, less and less often", async () => {
  const { cluster, logs, clock, view, states, texts } = open();
  cluster.put(aPod("a"));
  logs.failure = new Error("the kubelet does not answer");
  view.begin();
  await clock.pass(30_000);
  expect(states().slice(0, 2)).toEqual(["a attached", "a retrying the kubelet does not answer"]);
  expect(logs.asked.length).toBeLessThan(12);
  logs.failure = undefined;
  logs.write("a", [1_000, "one"]);
  await clock.pass(6_000);
  expect(texts()).toEqual(["a: one"]);
  expect(states().at(-1)).toBe("a attached");
});

test("a log that is refused again and again is not said to be attached in between", async () => {
  const { cluster, logs, clock, view, states } = open();
  cluster.put(aPod("a"));
  logs.failure = new Error("no cluster");
  view.begin();
  await clock.pass(30_000);
  expect(states()).toEqual(["a attached", "a retrying no cluster"]);
  logs.failure = undefined;
  await clock.pass(10_000);
  expect(states().slice(2)).toEqual(["a attached"]);
});

test("logs of a cluster that is gone have ended", async () => {
  const { cluster, logs, clock, view, states } = open();
  cluster.put(aPod("a"));
  view.begin();
  await clock.pass(1_000);
  const gone = new ToolError("cluster-not-found", { name: "c", known: [] });
  cluster.watch = () => {
    throw gone;
  };
  logs.failure = gone;
  view.renew();
  await clock.pass(10_000);
  expect(states().at(-1)).toBe("a ended the pod is gone");
});

test("of a container before its restart the whole log is told, once", async () => {
  const { cluster, logs, clock, view, texts, states } = open(
    { pod: "a" },
    { previous: true, tail: 50 },
  );
  cluster.put(aPod("a", { restarts: 2 }));
  cluster.put(aPod("b"));
  logs.write("a", [1_000, "crash"]);
  view.begin();
  await clock.pass(10_000);
  expect(texts()).toEqual(["a: crash"]);
  expect(logs.asked).toEqual(['a {"tail":50,"previous":true}']);
  expect(states()).toEqual(["a attached", "a ended"]);
});

test("of more than 20 pods the newest are read, and the others are said to be left out", async () => {
  const { cluster, logs, clock, view, states } = open();
  const name = (i: number) => `pod-${String(i).padStart(2, "0")}`;
  for (let i = 0; i < 22; i += 1) cluster.put(aPod(name(i), { createdMs: i * 1_000 }));
  view.begin();
  await clock.pass(300);
  const leftOut = () => states().filter((state) => state.includes("left out"));
  expect(leftOut().map((state) => state.split(" ")[0])).toEqual(["pod-01", "pod-00"]);
  cluster.put(aPod("newest", { createdMs: 99_000 }));
  await clock.pass(300);
  expect(states()).toContain("newest attached");
  expect(leftOut().map((state) => state.split(" ")[0])).toEqual(["pod-01", "pod-00", "pod-02"]);
  expect(logs.asked).toHaveLength(21);
});

test("in a storm of 5,000 lines a second every line is told or counted", async () => {
  const { cluster, logs, clock, view, lines, events } = open();
  cluster.put(aPod("a"));
  cluster.put(aPod("b"));
  view.begin();
  await clock.pass(100);
  let sent = 0;
  for (let second = 0; second < 10; second += 1) {
    for (let part = 0; part < 10; part += 1) {
      const batch = Array.from(
        { length: 500 },
        (_, i) => [second * 1_000 + part * 100 + i / 10, `line ${sent + i}`] as const,
      );
      logs.write(part % 2 === 0 ? "a" : "b", ...batch);
      sent += 500;
      await clock.pass(100);
    }
  }
  await clock.pass(1_000);
  expect(sent).toBe(50_000);
  expect(lines().reduce((sum, { skipped = 0 }) => sum + 1 + skipped, 0)).toBe(sent);
  const times = lines().map((line) => line.at);
  expect(times).toEqual(times.toSorted());
  // Ten times a second at most.
  expect(events.filter(({ type }) => type === "log").length).toBeLessThan(130);
});

test("logs that are closed tell nothing any more", async () => {
  const { cluster, logs, clock, view, events } = open();
  cluster.put(aPod("a"));
  view.begin();
  await clock.pass(100);
  logs.write("a", [1_000, "one"]);
  view.end();
  const before = events.length;
  logs.write("a", [2_000, "two"]);
  cluster.put(aPod("b"));
  await clock.pass(10_000);
  expect(events).toHaveLength(before);
});
