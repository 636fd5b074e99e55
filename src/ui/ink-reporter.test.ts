import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { sampleEvents } from "../../test/fakes/sample-events.ts";
import { createInkReporter } from "./ink-reporter.tsx";

test("what was reported last is drawn before the reporter is closed", async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: false, columns: 80, rows: 24 });
  let drawn = "";
  terminal.on("data", (data: Buffer) => {
    drawn += data.toString();
  });
  const reporter = createInkReporter(terminal as unknown as NodeJS.WriteStream);
  for (const event of sampleEvents) reporter.report(event);
  await reporter.close();
  expect(drawn).toContain("Ensuring images");
  expect(drawn).toContain("Nothing is left.");
});
