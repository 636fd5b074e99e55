import { expect, test } from "vitest";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import { reportWithin } from "./report-within.ts";

test("events name the step that they are the work of, the outermost first", () => {
  const outer = new RecordingReporter();
  const event = { type: "step-started", stepId: "c", title: "C" } as const;
  const inner = reportWithin(outer, "a");
  inner.report(event);
  reportWithin(inner, "b").report(event);
  expect(outer.events).toEqual([
    { ...event, within: "a" },
    { ...event, within: "a/b" },
  ]);
});
