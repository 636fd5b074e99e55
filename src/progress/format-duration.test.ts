import { expect, test } from "vitest";
import { formatDuration } from "./format-duration.ts";

test.each([
  [0, "0 ms"],
  [840.4, "840 ms"],
  [1000, "1.0 s"],
  [12_345, "12.3 s"],
  [59_940, "59.9 s"],
  [59_960, "1 m 00 s"],
  [185_000, "3 m 05 s"],
])("%d ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
