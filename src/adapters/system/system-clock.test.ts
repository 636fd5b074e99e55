import { once } from "node:events";
import { expect, test } from "vitest";
import { SystemClock } from "./system-clock.ts";

const clock = new SystemClock();

test("sleeps about as long as asked", async () => {
  const before = clock.monotonicMs();
  await clock.sleep(30);
  expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(28);
});

test("wakes when cancelled, with the reason", async () => {
  const reason = new Error("enough");
  const abort = new AbortController();
  const sleeping = clock.sleep(100_000, abort.signal);
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(0, abort.signal)).rejects.toBe(reason);
});

test("tells the date in UTC", () => {
  expect(clock.nowIso()).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
});

test.each([0.4, -5, 0])("a deadline of %d ms comes", async (ms) => {
  const deadline = clock.deadline(ms);
  const held = setTimeout(() => undefined, 10_000);
  if (!deadline.aborted) await once(deadline, "abort");
  clearTimeout(held);
  expect(deadline.aborted).toBe(true);
});

test("a deadline of years does not come at once", async () => {
  const deadline = clock.deadline(Number.MAX_SAFE_INTEGER);
  await clock.sleep(5);
  expect(deadline.aborted).toBe(false);
});
