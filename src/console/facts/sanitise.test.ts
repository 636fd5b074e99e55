import { expect, test } from "vitest";
import { sanitised, sanitisedLine } from "./sanitise.ts";

const ESC = "\u001b";

test.each([
  ["plain text", "orders-7f → ready 100 %", "orders-7f → ready 100 %"],
  ["colours", `${ESC}[1;31mred${ESC}[0m text`, "red text"],
  ["movements of the cursor", `a${ESC}[2J${ESC}[10;10Hb${ESC}7c`, "abc"],
  ["one that is cut off", `a${ESC}[31`, "a"],
  ["a title", `${ESC}]0;owned\u0007text`, "text"],
  ["a clipboard, ended in the other way", `${ESC}]52;c;aGk=${ESC}\\text`, "text"],
  ["a string that never ends", `a${ESC}Pq${"x".repeat(50)}`, "a"],
  ["controls of 8 bits", "a\u009b31mb\u0090q\u009cc", "abc"],
  ["a hyperlink", `${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
  ["tabs", "a\tb", "a    b"],
  ["what a carriage return overwrites", "10 %\r50 %\r100 %\r", "100 %"],
  ["several lines", "a\nb", "a b"],
  ["a bell, a backspace, NUL, DEL", "a\u0007b\bc\u0000d\u007f", "abcd"],
  ["text that is turned around", "admin\u202e\u2066nimda\u2069", "adminnimda"],
  ["letters of all the world", "日本語 ✓ é 😀", "日本語 ✓ é 😀"],
])("of %s nothing is left that moves a cursor", (_, text, expected) => {
  expect(sanitisedLine(text)).toBe(expected);
});

test("is done to all texts of data, and leaves data alone that has nothing to take out", () => {
  const data = { name: "a", list: [{ text: "b" }], count: 1, none: undefined };
  expect(sanitised(data)).toBe(data);
  expect(sanitised({ ...data, list: [{ text: `b${ESC}[2J` }] })).toEqual(data);
});
