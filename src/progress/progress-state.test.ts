import { expect, test } from "vitest";
import { sampleEvents } from "../../test/fakes/sample-events.ts";
import type { ProgressEvent } from "../ports/events.ts";
import { initialState, reduceProgress } from "./progress-state.ts";

const after = (events: readonly ProgressEvent[]) => events.reduce(reduceProgress, initialState);
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
