import { expect, test } from "vitest";
import { FakeClock } from "../fakes/fake-clock.ts";

test("sleepers that overlap wake in their order, at their time", async () => {
  const clock = new FakeClock();
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number, times: number) => {
    for (let i = 0; i < times; i++) {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.monotonicMs()}`);
    }
  };
  await Promise.all([sleeper("slow", 250, 2), sleeper("fast", 100, 4)]);
  expect(woken).toEqual(["fast 100", "fast 200", "slow 250", "fast 300", "fast 400", "slow 500"]);
});

test("a deadline comes when time has passed, and lets none pass itself", async () => {
  const clock = new FakeClock();
  const [near, far] = [clock.deadline(100), clock.deadline(1000)];
  await new Promise((resolve) => setImmediate(resolve));
  expect(near.aborted).toBe(false);
  await clock.sleep(100);
  expect([near.aborted, far.aborted]).toEqual([true, false]);
  clock.advance(900);
  expect(far.aborted).toBe(true);
});

test("a cancelled sleeper does not wake, and rejects with the reason", async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const reason = new Error("enough");
  const sleeping = clock.sleep(1000, abort.signal);
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await clock.sleep(10);
  expect(clock.monotonicMs()).toBe(10);
  expect(clock.nowIso()).toBe("2026-01-01T00:00:00.010Z");
});
