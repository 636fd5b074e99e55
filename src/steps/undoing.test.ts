import { describe, expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { cleaningUp, undoing, type Undoing } from "./undoing.ts";

function fixture(options: Partial<Undoing> = {}) {
  const ports = { reporter: new RecordingReporter(), clock: new FakeClock() };
  const undone: unknown[] = [];
  const run = (work: () => Promise<string>) =>
    undoing(
      work,
      {
        removeCommand: "airfield delete cluster shop",
        async undo(failure) {
          undone.push(failure);
          return [];
        },
        ...options,
      },
      ports,
    );
  return { ...ports, undone, run };
}

const failing = () => Promise.reject(new Error("The disk is full.\nmore"));

test("work that succeeds is not undone", async () => {
  const { run, undone, reporter } = fixture();
  await expect(run(async () => "made")).resolves.toBe("made");
  expect(undone).toEqual([]);
  expect(reporter.events).toEqual([]);
});

test("work that fails is undone, and its failure is thrown", async () => {
  const { run, undone, reporter } = fixture();
  await expect(run(failing)).rejects.toThrow("The disk is full.");
  expect(undone).toHaveLength(1);
  expect(reporter.events).toMatchObject([
    { type: "rollback-started", reason: "The disk is full." },
    { type: "rollback-finished" },
  ]);
});

test("what is left is told with the command that removes it", async () => {
  const command = "docker rm -f shop-worker";
  const { run, reporter } = fixture({
    undo: async () => [{ what: "container shop-worker", command }],
  });
  await expect(run(failing)).rejects.toThrow("The disk is full.");
  expect(reporter.events).toContainEqual({
    type: "warning",
    code: "left-after-rollback",
    message: "Could not remove container shop-worker.",
    hint: `Remove it with: ${command}`,
  });
});

test("an undo that fails does not hide why the work failed", async () => {
  const { run, reporter } = fixture({ undo: () => Promise.reject(new Error("No engine.")) });
  await expect(run(failing)).rejects.toThrow("The disk is full.");
  expect(reporter.events).toMatchObject([
    { type: "rollback-started" },
    { code: "left-after-rollback", message: "Could not remove what was made (No engine.)." },
    { type: "rollback-finished" },
  ]);
});

test("with retain nothing is undone, and how to remove it is told", async () => {
  const { run, undone, reporter } = fixture({ retain: true });
  await expect(run(failing)).rejects.toThrow("The disk is full.");
  expect(undone).toEqual([]);
  expect(reporter.events).toMatchObject([
    { code: "kept-after-failure", hint: "Remove it with: airfield delete cluster shop" },
  ]);
});

test("an undo may be told in other words than the failure", async () => {
  const { run, reporter } = fixture({ reason: "shop goes back to shop:1" });
  await expect(run(failing)).rejects.toThrow("The disk is full.");
  expect(reporter.events[0]).toMatchObject({ reason: "shop goes back to shop:1" });
});

describe("cleaning up", () => {
  const removeCommand = "airfield delete cluster run-1";

  test.each([
    ["a result", () => Promise.resolve(3), { status: "fulfilled", value: 3 }],
    [
      "a failure",
      () => Promise.reject(new Error("The disk is full.")),
      { status: "rejected", reason: new Error("The disk is full.") },
    ],
  ])("that fails never takes the place of %s", async (_, work, outcome) => {
    const reporter = new RecordingReporter();
    const cleanUp = () => Promise.reject(new Error("No engine."));
    const ended = cleaningUp<number>(work, { removeCommand, cleanUp }, { reporter });
    expect((await Promise.allSettled([ended]))[0]).toEqual(outcome);
    expect(reporter.events).toMatchObject([
      {
        ...{ type: "warning", code: "left-after-rollback" },
        message: "Could not remove what was made (No engine.).",
        hint: `Remove it with: ${removeCommand}`,
      },
    ]);
  });

  test("says nothing where nothing is left", async () => {
    const reporter = new RecordingReporter();
    const cleanUp = () => Promise.resolve();
    await cleaningUp(() => Promise.resolve(), { removeCommand, cleanUp }, { reporter });
    expect(reporter.events).toEqual([]);
  });
});
