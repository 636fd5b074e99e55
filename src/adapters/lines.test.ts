import { expect, test } from "vitest";
import { LineSplitter } from "./lines.ts";

test.each([1, 2, 5, 100])("cuts lines from pieces of %i bytes, characters whole", (size) => {
  const text = Buffer.from("eins\nzwölf\r\n\n€ last");
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    lines.push(...splitter.push(text.subarray(at, at + size)));
  }
  expect([...lines, ...splitter.end()]).toEqual(["eins", "zwölf", "", "€ last"]);
});

test("a text that ends with its line has no further one", () => {
  const splitter = new LineSplitter();
  expect(splitter.push(Buffer.from("a\n"))).toEqual(["a"]);
  expect(splitter.end()).toEqual([]);
});
