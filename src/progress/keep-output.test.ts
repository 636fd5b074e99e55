import { expect, test } from "vitest";
import { RecordingReporter } from "../../test/fakes/recording-reporter.ts";
import type { OutputLog } from "../ports/output-log.ts";
import type { NamedEvent } from "../ports/events.ts";
import { keepOutput } from "./keep-output.ts";

/** A log that keeps its text, from its first write on. */
class FakeOutputLog implements OutputLog {
  text = "";

  get path(): string | undefined {
    return this.text === "" ? undefined : "/cache/logs/1.log";
  }

  write(text: string): void {
    this.text += text;
  }
}

function logOf(events: readonly NamedEvent[]): string {
  const log = new FakeOutputLog();
  const inner = new RecordingReporter();
  const reporter = keepOutput(inner, log);
  for (const event of events) reporter.report(event);
  expect(inner.events).toEqual(events);
  return log.text;
}

const started = { type: "step-started", stepId: "build", title: "Building with Maven" } as const;
const printed = (line: string) =>
  ({ type: "output", source: "maven", line, stepId: "build" }) as const;

test("the log has what programs printed, between what steps did", () => {
  expect(
    logOf([
      { type: "run-started", title: "Bringing up shop", steps: 2 },
      started,
      printed("[INFO] \u001b[1mBuilding\u001b[m shop"),
      { ...printed("[ERROR] no"), application: "orders" },
      {
        type: "step-failed",
        stepId: "build",
        title: "Building with Maven",
        code: "build-failed",
        ms: 900,
      },
    ]),
  ).toBe(
    [
      "Bringing up shop",
      "  • Building with Maven …",
      "maven | [INFO] Building shop",
      "orders maven | [ERROR] no",
      "  ✗ Building with Maven: build-failed (900 ms)",
      "",
    ].join("\n"),
  );
});

test("there is none of a command whose steps printed nothing", () => {
  const note = { type: "output", source: "dev", line: "Waiting for changes." } as const;
  const log = { type: "application-log", pod: "shop-1", line: "Started" } as const;
  expect(logOf([started, note, log])).toBe("");
  expect(logOf([log, printed("x"), log])).toBe("maven | x\n");
});

test("no password is written to it", () => {
  expect(logOf([printed("cloning https://me:s3cret@git.example.com/a")])).toBe(
    "maven | cloning https://***@git.example.com/a\n",
  );
});

test("what goes before the first output does not grow without end", () => {
  const detail = "x".repeat(1000);
  const progress = { type: "step-progress", stepId: "build", detail } as const;
  const log = logOf([...Array<typeof progress>(100).fill(progress), printed("last")]);
  expect(log.length).toBeLessThan(20_000);
  expect(log.endsWith("maven | last\n")).toBe(true);
});
