import { expect, test } from "vitest";
import { ToolError } from "../errors/tool-error.ts";
import type { ProgressEvent } from "../ports/events.ts";
import { runSteps } from "./run-steps.ts";
import type { Step } from "./step.ts";

function fixture() {
  const events: ProgressEvent[] = [];
  let now = 0;
  return {
    events,
    ports: {
      reporter: {
        report: (event: ProgressEvent) => void events.push(event),
        close: () => Promise.resolve(),
      },
      clock: {
        monotonicMs: () => now++,
        nowIso: () => "",
        sleep: () => Promise.resolve(),
        deadline: () => new AbortController().signal,
      },
    },
    told: () => events.map((event) => `${event.type} ${"stepId" in event ? event.stepId : ""}`),
  };
}

function step(id: string, after: readonly string[], run: Step<undefined>["run"]): Step<undefined> {
  return { id, title: () => id, after, run };
}

const nothing = () => Promise.resolve();

test("starts a step only when the steps it comes after have ended", async () => {
  const { ports, told } = fixture();
  const gate = Promise.withResolvers<undefined>();
  const running = runSteps(
    [
      step("slow", [], () => gate.promise),
      step("beside", [], nothing),
      step("last", ["slow", "beside"], nothing),
    ],
    undefined,
    ports,
  );
  await Promise.resolve();
  expect(told()).not.toContain("step-started last");
  gate.resolve(undefined);
  await running;
  expect(told()).toEqual([
    "step-started slow",
    "step-started beside",
    "step-finished beside",
    "step-finished slow",
    "step-started last",
    "step-finished last",
  ]);
});

test("a step that does not apply counts as ended", async () => {
  const { ports, told } = fixture();
  await runSteps(
    [
      { ...step("left-out", [], nothing), appliesTo: () => false },
      step("next", ["left-out"], nothing),
    ],
    undefined,
    ports,
  );
  expect(told()).toEqual(["step-started next", "step-finished next"]);
});

test("tells why a step had nothing to do", async () => {
  const { ports, events } = fixture();
  await runSteps(
    [step("a", [], () => Promise.resolve({ skipped: "it is there" }))],
    undefined,
    ports,
  );
  expect(events.at(-1)).toMatchObject({ type: "step-skipped", reason: "it is there" });
});

test("after a failure aborts the steps beside it, waits for them, starts no more, and throws the failure", async () => {
  const { ports, told } = fixture();
  const failure = new ToolError("disk-full", { action: "test" });
  let hasEnded = false;
  const sibling = step("sibling", [], async (_context, { signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await Promise.resolve();
    hasEnded = true;
    signal.throwIfAborted();
  });
  const running = runSteps(
    [
      sibling,
      step("failing", [], () => Promise.reject(failure)),
      step("after", ["failing"], nothing),
    ],
    undefined,
    ports,
  );
  await expect(running).rejects.toBe(failure);
  expect(hasEnded).toBe(true);
  expect(told()).not.toContain("step-started after");
});

test("joins failures that happen independently", async () => {
  const { ports } = fixture();
  const gate = Promise.withResolvers<undefined>();
  const first = new Error("first");
  const second = new Error("second");
  const running = runSteps(
    [
      step("a", [], async () => {
        await gate.promise;
        throw first;
      }),
      step("b", [], async () => {
        await gate.promise;
        throw second;
      }),
    ],
    undefined,
    ports,
  );
  gate.resolve(undefined);
  await expect(running).rejects.toMatchObject({ errors: [first, second] });
});

test("a cancellation is thrown as the reason of the signal, whatever the steps make of it", async () => {
  const { ports, events } = fixture();
  const user = new AbortController();
  const reason = new ToolError("cancelled", { what: "Creating" });
  const running = runSteps(
    [
      step(
        "a",
        [],
        (_context, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              reject(new Error("stream destroyed"));
            });
          }),
      ),
    ],
    undefined,
    { ...ports, signal: user.signal },
  );
  await Promise.resolve();
  user.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(events.at(-1)).toMatchObject({ type: "step-failed", code: "cancelled" });
});

test("does nothing when it was cancelled before", async () => {
  const { ports, told } = fixture();
  await expect(
    runSteps([step("a", [], nothing)], undefined, {
      ...ports,
      signal: AbortSignal.abort(new Error("no")),
    }),
  ).rejects.toThrow("no");
  expect(told()).toEqual([]);
});

test("what a step's programs print carries the step, and each end says how many have ended", async () => {
  const { ports, events } = fixture();
  await runSteps(
    [
      step("build", [], (_, { output }) => Promise.resolve(output("maven", "[INFO] Scanning"))),
      step("image", ["build"], () => Promise.resolve({ skipped: "it is there" })),
      { ...step("never", ["image"], nothing), appliesTo: () => false },
    ],
    undefined,
    ports,
  );
  expect(events.filter(({ type }) => type !== "step-started")).toMatchObject([
    { type: "output", source: "maven", line: "[INFO] Scanning", stepId: "build" },
    { type: "step-finished", stepId: "build", done: 1, of: 2 },
    { type: "step-skipped", stepId: "image", done: 2, of: 2 },
  ]);
});
