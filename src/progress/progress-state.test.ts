import { expect, test } from "vitest";
import { nestedEvents, sampleEvents } from "../../test/fakes/sample-events.ts";
import type { NamedEvent, ProgressEvent } from "../ports/events.ts";
import { initialState, reduceProgress } from "./progress-state.ts";

const after = (events: readonly NamedEvent[]) => events.reduce(reduceProgress, initialState);
const until = (type: ProgressEvent["type"]) =>
  after(sampleEvents.slice(0, sampleEvents.findIndex((event) => event.type === type) + 1));

test("a running step tells its latest news", () => {
  expect(until("step-progress").running).toEqual([
    {
      stepId: "ensure-images",
      title: "Ensuring images",
      detail: "pulling docker.io/kindest/node:v1.34.11",
      fraction: 0.425,
      output: [],
    },
  ]);
});

test("a fraction does not outlive the news it came with", () => {
  const { running } = reduceProgress(until("step-progress"), {
    type: "step-progress",
    stepId: "ensure-images",
    detail: "unpacking",
  });
  expect(running[0]).not.toHaveProperty("fraction");
});

test("steps that overlap run side by side, in the order in which they began", () => {
  expect(until("warning").running.map(({ stepId }) => stepId)).toEqual([
    "start-nodes",
    "start-registry",
  ]);
});

test("output belongs to the step that began last, and only its end is kept", () => {
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
  const { running } = after([
    { type: "step-started", stepId: "a", title: "A" },
    { type: "step-started", stepId: "b", title: "B" },
    ...lines.map((line) => ({ type: "output", source: "mvn", line }) as const),
  ]);
  expect(running.map(({ output }) => output)).toEqual([[], lines.slice(-5)]);
});

test("output that names its step is shown below that, whatever began since", () => {
  const { running } = after([
    { type: "step-started", stepId: "a", title: "A" },
    { type: "step-started", stepId: "b", title: "B" },
    { type: "output", source: "mvn", line: "of a", stepId: "a" },
    { type: "output", source: "mvn", line: "of one that has ended", stepId: "c" },
  ]);
  expect(running.map(({ output }) => output)).toEqual([["of a"], []]);
});

test("the rollback is shown while it goes on", () => {
  expect(until("rollback-started").rollback).toBe('Node "shop-control-plane" did not start');
  expect(until("rollback-finished").rollback).toBeUndefined();
});

test("in the end every line is finished", () => {
  const { finished, running } = after(sampleEvents);
  expect(running).toEqual([]);
  expect(finished.map(({ kind }) => kind)).toEqual([
    ...["title", "done", "skipped", "warning", "failed", "failed", "undone", "summary"],
  ]);
});

test.each<ProgressEvent>([
  { type: "step-progress", stepId: "unknown", detail: "x" },
  { type: "step-finished", stepId: "unknown", title: "X", ms: 1 },
  { type: "output", source: "x", line: "y" },
  { type: "rollback-finished", ms: 1 },
])("events out of order do no harm: $type", (event) => {
  expect(() => reduceProgress(initialState, event)).not.toThrow();
});

test("a run within a step goes on within it, and its lines follow the step's own when that has ended", () => {
  const half = after(nestedEvents.slice(0, 12));
  expect(half.running.map(({ stepId }) => stepId)).toEqual(["ensure-cluster", "build-project"]);
  const [cluster] = half.running;
  expect(cluster?.inner).toMatchObject({ steps: 4, running: [] });
  // What was said of the whole command does not wait for the step.
  expect(half.finished.map(({ kind }) => kind)).toEqual(["title", "warning"]);
  const { finished, running } = after(nestedEvents);
  expect(running).toEqual([]);
  expect(finished.slice(2).map((line) => [line.depth ?? 0, "text" in line && line.text])).toEqual([
    [0, "Building with Maven"],
    [0, 'Cluster "shop"'],
    [1, "Ensuring images"],
    [1, "Caches"],
    [1, "Starting node"],
    [1, "Starting control plane"],
    [0, "users is up."],
  ]);
});

test("of several applications the first that waits for the cluster shows its creation", () => {
  const started = { type: "step-started", stepId: "ensure-cluster", title: "Cluster" } as const;
  const { running } = after([
    { ...started, application: "users" },
    { ...started, application: "orders" },
    { ...started, stepId: "start-nodes", within: "ensure-cluster" },
  ]);
  expect(running.map(({ inner }) => inner?.running.length)).toEqual([1, undefined]);
});

test("a run within a run within a step is drawn twice as far in", () => {
  const step = (stepId: string) => ({ stepId, title: stepId });
  const ended = { type: "step-finished", ms: 1 } as const;
  const { finished } = after([
    { type: "step-started", ...step("a") },
    { type: "step-started", ...step("b"), within: "a" },
    { type: "step-started", ...step("c"), within: "a/b" },
    { ...ended, ...step("c"), within: "a/b" },
    { ...ended, ...step("b"), within: "a" },
    { ...ended, ...step("a") },
  ]);
  expect(finished.map(({ depth = 0 }) => depth)).toEqual([0, 1, 2]);
});

test("a run within a step that nobody has told of is one beside it", () => {
  const step = { stepId: "start-nodes", title: "Starting node", within: "gone" } as const;
  expect(after([{ type: "step-started", ...step }]).running).toMatchObject([{ title: step.title }]);
});
