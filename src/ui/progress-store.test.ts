import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgressStore } from "./progress-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const started = (stepId: string) => ({ type: "step-started", stepId, title: stepId }) as const;

test("tells of many events once", () => {
  const store = createProgressStore();
  const listener = vi.fn();
  store.subscribe(listener);
  for (const id of ["a", "b", "c"]) store.add(started(id));
  expect(store.state().running).toHaveLength(0);
  vi.advanceTimersByTime(50);
  expect(listener).toHaveBeenCalledTimes(1);
  expect(store.state().running).toHaveLength(3);
});

test("tells at once when it is flushed, and not again later", () => {
  const store = createProgressStore();
  const listener = vi.fn();
  store.subscribe(listener);
  store.add(started("a"));
  store.flush();
  vi.runAllTimers();
  expect(listener).toHaveBeenCalledTimes(1);
});

test("tells nobody who left", () => {
  const store = createProgressStore();
  const listener = vi.fn();
  store.subscribe(listener)();
  store.add(started("a"));
  vi.runAllTimers();
  expect(listener).not.toHaveBeenCalled();
});
