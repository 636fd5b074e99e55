import { expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { waitUntil, withDeadline, type WaitLimit } from "./wait-until.ts";

function limit(more: Partial<WaitLimit> = {}): WaitLimit & { readonly everyMs: number } {
  const onDeadline = () => new Error("etcd did not come");
  return { clock: new FakeClock(), withinMs: 1000, everyMs: 100, onDeadline, ...more };
}

test("looks until there is something, and no longer", async () => {
  const clock = new FakeClock();
  let looks = 0;
  const seen = await waitUntil(async () => (++looks === 4 ? "here" : undefined), limit({ clock }));
  expect(seen).toBe("here");
  expect(clock.monotonicMs()).toBe(300);
});

test("what was there at the first look is found without any wait", async () => {
  const clock = new FakeClock();
  await waitUntil(async () => true, limit({ clock, withinMs: 0 }));
  expect(clock.sleepsMs).toEqual([]);
});

test("a wait that is given up ends with the words of what did not come", async () => {
  const clock = new FakeClock();
  const waiting = waitUntil(async () => undefined, limit({ clock }));
  await expect(waiting).rejects.toThrow("etcd did not come");
  expect(clock.monotonicMs()).toBe(1000);
});

test("a failure before the deadline is told as it is, and so is a cancelled wait", async () => {
  const failing = waitUntil(async () => Promise.reject(new Error("refused")), limit());
  await expect(failing).rejects.toThrow("refused");
  const abort = new AbortController();
  const cancelled = waitUntil(
    async () => {
      abort.abort(new Error("Ctrl-C"));
      return undefined;
    },
    limit({ signal: abort.signal }),
  );
  await expect(cancelled).rejects.toThrow("Ctrl-C");
});

test("work that hangs is told to end at the deadline; why it then failed is the cause", async () => {
  const clock = new FakeClock();
  const hanging = withDeadline(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("was reading")));
      }),
    limit({ clock }),
  );
  clock.advance(1000);
  await expect(hanging).rejects.toMatchObject({
    message: "etcd did not come",
    cause: { message: "was reading" },
  });
});
