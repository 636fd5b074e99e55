import { expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { LogWatch } from "./log-watch.ts";

const LIMIT_MS = 60_000;

/** A start of which the log says `lines` after as many milliseconds, and that listens after `listensMs`. */
async function start(
  log: LogWatch,
  lines: Readonly<Record<number, string>>,
  listensMs = Number.POSITIVE_INFINITY,
) {
  const clock = new FakeClock();
  const told = Object.entries(lines).map(async ([ms, line]) => {
    await clock.sleep(Number(ms));
    log.add({ pod: "users", line });
  });
  let asked = 0;
  log.forget();
  const late = new Error("it did not say so");
  const seen = await log
    .start("users", {
      ...{ clock, withinMs: LIMIT_MS, onDeadline: () => late },
      async listensAnew(until) {
        asked += 1;
        await clock.sleep(Math.max(0, Math.min(listensMs, LIMIT_MS) - clock.monotonicMs()), until);
      },
    })
    .catch((error: unknown) => {
      if (error !== late) throw error;
      return { isStarted: undefined };
    });
  const ms = clock.monotonicMs();
  await Promise.all(told);
  return { isStarted: seen.isStarted, ms, asked };
}

const STARTED = "Started Application in 2.1 seconds (process running for 2.4)";

test("a start that is told costs no look at the port", async () => {
  expect(await start(new LogWatch(), { 2100: STARTED })).toEqual({
    ...{ isStarted: true, ms: 2100, asked: 0 },
  });
});

test("a start that is not told is seen at the port; the next one is looked for there at once", async () => {
  const log = new LogWatch();
  expect(await start(log, {}, 2000)).toEqual({ isStarted: true, ms: 6000, asked: 1 });
  expect(await start(log, {}, 2000)).toEqual({ isStarted: true, ms: 2000, asked: 1 });
});

test("an application that speaks again is believed again", async () => {
  const log = new LogWatch();
  await start(log, {}, 2000);
  await start(log, { 1500: STARTED }, 1600);
  expect(await start(log, { 3000: STARTED }, 2000)).toMatchObject({ ms: 3000, asked: 0 });
});

test("a slow start that is told goes on after its port is open", async () => {
  const failed = { 8400: "Application run failed" };
  expect(await start(new LogWatch(), failed, 8000)).toMatchObject({ isStarted: false });
  expect(await start(new LogWatch(), { 8400: STARTED }, 8000)).toMatchObject({ ms: 8400 });
});

test("what neither speaks nor listens is given up", async () => {
  expect(await start(new LogWatch(), {})).toMatchObject({ isStarted: undefined, ms: 60_000 });
});
