import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { sampleEvents } from "../../test/fakes/sample-events.ts";
import { createInkReporter } from "./ink-reporter.tsx";

async function drawn(hasColour: boolean): Promise<string> {
  const terminal = Object.assign(new PassThrough(), { isTTY: false, columns: 80, rows: 24 });
  let text = "";
  terminal.on("data", (data: Buffer) => {
    text += data.toString();
  });
  const reporter = createInkReporter(terminal as unknown as NodeJS.WriteStream, { hasColour });
  for (const event of sampleEvents) reporter.report(event);
  await reporter.close();
  return text;
}

test("what was reported last is drawn before the reporter is closed", async () => {
  const text = await drawn(false);
  expect(text).toContain("Ensuring images");
  expect(text).toContain("Nothing is left.");
});

// The end of a colour's or a style's control sequence; others move the cursor.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const STYLE = /\u001b\[[\d;:]*m/;

test("there is colour where it is wanted", async () => {
  expect(await drawn(true)).toMatch(STYLE);
});

test("there is none where it is not, whatever the terminal could", async () => {
  expect(await drawn(false)).not.toMatch(STYLE);
});
