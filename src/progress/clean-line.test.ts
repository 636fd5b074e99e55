import { expect, test } from "vitest";
import { cleanLine } from "./clean-line.ts";

test.each([
  ["plain", "plain"],
  ["\u001b[1;34mINFO\u001b[m done", "INFO done"],
  ["Downloading 10 %\rDownloading 100 %", "Downloading 100 %"],
  ["windows\r\n", "windows"],
  ["first\nsecond", "first"],
  ["a\tb\u0007", "a  b"],
  ["\u001b]0;title\u0007text", "text"],
  ["", ""],
])("%j is shown as %j", (text, shown) => {
  expect(cleanLine(text)).toBe(shown);
});
