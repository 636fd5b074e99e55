import { expect, test } from "vitest";
import { frame } from "../../../test/fakes/engine-server.ts";
import { FrameParser } from "./frame-parser.ts";

const whole = Buffer.concat([frame(1, "out"), frame(2, "err"), frame(1, ""), frame(1, "more")]);

test.each([1, 2, 3, 7, 8, 11, 1000])(
  "frames cut into pieces of %i bytes come out whole",
  (size) => {
    const parser = new FrameParser();
    const text = { stdout: "", stderr: "" };
    for (let at = 0; at < whole.length; at += size) {
      for (const { stream, content } of parser.push(whole.subarray(at, at + size))) {
        text[stream] += Buffer.from(content).toString();
      }
    }
    expect(text).toEqual({ stdout: "outmore", stderr: "err" });
  },
);

test("content comes before its frame is complete", () => {
  const parser = new FrameParser();
  const [first] = parser.push(frame(2, "hello").subarray(0, 10));
  expect(first?.stream).toBe("stderr");
  expect(Buffer.from(first?.content ?? []).toString()).toBe("he");
});
