import { expect, test } from "vitest";
import { FakeClock } from "../../test/fakes/fake-clock.ts";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { Flow, Skipped, type Task } from "./flow.ts";

interface Context {
  readonly clock: FakeClock;
  readonly begun: string[];
}

/** Takes so long, and gives on what it is given with its own name. */
function task<Needs extends object, Name extends string>(
  id: Name,
  { ms = 10, skipped = "" } = {},
): Task<Context, Needs, Needs & Record<Name, true>> {
  return {
    id,
    title: (_, given) => `${id} of ${Object.keys(given).join(" ")}`,
    async run({ clock, begun }, given) {
      begun.push(`${id} at ${clock.monotonicMs()}`);
      await clock.sleep(ms);
      const gives = { ...given, [id]: true } as Needs & Record<Name, true>;
      return skipped === "" ? gives : new Skipped(skipped, gives);
    },
  };
}

function fixture() {
  const clock = new FakeClock();
  const reporter = new RecordingReporter();
  const context: Context = { clock, begun: [] };
  const flow = new Flow<Context>();
  return { flow, context, reporter, run: () => flow.run(context, { clock, reporter }) };
}

test("each begins when what it is given is there, beside others, and gives on what it has found", async () => {
  const { flow, context, reporter, run } = fixture();
  const look = flow.add(task("look"), flow.with({}));
  const cluster = flow.add(task("cluster", { ms: 50 }), look);
  const built = flow.add(task("build", { ms: 20 }), look);
  const loaded = flow.add(task("load"), built, cluster);
  expect(flow.size).toBe(4);
  await run();
  expect(context.begun).toEqual(["look at 0", "cluster at 10", "build at 10", "load at 60"]);
  expect(loaded.value).toEqual({ look: true, build: true, load: true });
  expect(reporter.of("step-started").at(-1)?.title).toBe("load of look build");
});

test("one that had nothing to do gives on what is known, and says why", async () => {
  const { flow, reporter, run } = fixture();
  const look = flow.add(task("look", { skipped: "nothing is new" }), flow.with({}));
  const built = flow.add(task("build"), look);
  await run();
  expect(built.value).toEqual({ look: true, build: true });
  expect(reporter.of("step-skipped")).toMatchObject([{ stepId: "look", reason: "nothing is new" }]);
});

test("a failure begins nothing more, and nothing is given", async () => {
  const { flow, context, run } = fixture();
  const failing: Task<Context, object, { readonly never: true }> = {
    id: "fail",
    title: () => "Failing",
    run: () => Promise.reject(new Error("The disk is full.")),
  };
  const failed = flow.add(failing, flow.with({}));
  const built = flow.add(task("build"), failed);
  await expect(run()).rejects.toThrow("The disk is full.");
  expect(context.begun).toEqual([]);
  expect(() => built.value).toThrow("has not ended");
});
