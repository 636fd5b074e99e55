import { expect, test } from "vitest";
import type { Key } from "../model/key.ts";
import { createKeyDecoder } from "./key-decoder.ts";
import { keyText, typedText } from "./key-text.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function decode(...chunks: readonly (string | Uint8Array)[]): readonly Key[] {
  const decoder = createKeyDecoder();
  const keys = chunks.flatMap((chunk) =>
    decoder.push(typeof chunk === "string" ? bytesOf(chunk) : chunk),
  );
  return [...keys, ...decoder.flush()];
}

test.each([
  ["j", "j"],
  ["G", "G"],
  ["é", "é"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\t", "tab"],
  [" ", "space"],
  ["\u007f", "backspace"],
  ["\u0004", "ctrl-d"],
  ["\u0000", "ctrl-space"],
  ["\u001c", "ctrl-\\"],
  ["\u001b", "escape"],
  ["\u001b[A", "up"],
  ["\u001bOB", "down"],
  ["\u001b[1;5C", "ctrl-right"],
  ["\u001b[1;2D", "shift-left"],
  ["\u001b[5~", "page-up"],
  ["\u001b[3;5~", "ctrl-delete"],
  ["\u001b[Z", "shift-tab"],
  ["\u001bOP", "f1"],
  ["\u001b[15~", "f5"],
  ["\u001bx", "alt-x"],
  ["\u001b[97;5u", "ctrl-a"],
])("%j is %s", (bytes, text) => {
  expect(decode(bytes).map(keyText)).toEqual([text]);
});

test("each key of a burst counts", () => {
  expect(decode("jjj\r\u001b[Bq").map(keyText)).toEqual(["j", "j", "j", "enter", "down", "q"]);
});

test("an escape before a sequence is a key of its own", () => {
  expect(decode("\u001b\u001b[A").map(keyText)).toEqual(["escape", "up"]);
});

test.each([
  ["a report of the mouse", "\u001b[<0;10;20M"],
  ["one of the oldest kind", "\u001b[M !!"],
  ["where the cursor is", "\u001b[12;40R"],
  ["what the terminal is", "\u001b[?62;22c"],
  ["a colour", "\u001b]11;rgb:0000/0000/0000\u0007"],
  ["a colour, ended otherwise", "\u001b]11;rgb:0000/0000/0000\u001b\\"],
  ["a setting", "\u001bP1$r0m\u001b\\"],
])("%s types nothing", (_, bytes) => {
  expect(decode(`${bytes}x`).map(keyText)).toEqual(["x"]);
});

test("what is pasted is text, and runs nothing", () => {
  const keys = decode("\u001b[200~dd\r:q\u001b[A\u001b[201~x");
  expect(keys).toEqual([
    { type: "paste", text: "dd\r:q\u001b[A" },
    { type: "key", name: "x" },
  ]);
  expect(keys.map(typedText)).toEqual(["dd", "x"]);
});

test("of a paste of a megabyte only its beginning is kept", () => {
  const chunks = Array.from({ length: 256 }, () => "x".repeat(4096));
  const keys = decode("\u001b[200~", ...chunks, "\u001b[201~", "y");
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatchObject({ type: "paste" });
  expect(keys[0]?.type === "paste" ? keys[0].text.length : 0).toBe(64 * 1024);
});

test("says whether the terminal has the focus", () => {
  expect(decode("\u001b[I\u001b[O")).toEqual([
    { type: "focus", isFocused: true },
    { type: "focus", isFocused: false },
  ]);
});

test("bytes that are split anywhere are the same keys", () => {
  const stream = bytesOf(
    "aé漢\u001b[1;5A\u001bOB\u001b[200~p\u001b[Ba\u001b[201~\u001b]11;rgb:1/2/3\u001b\\\u001b[M abz\u001bqÄ\r\u001b[Iz",
  );
  const whole = decode(stream);
  for (let first = 1; first < stream.length; first++) {
    for (let second = first; second < Math.min(stream.length, first + 9); second++) {
      const parts = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
      expect(decode(...parts), `split at ${first} and ${second}`).toEqual(whole);
    }
  }
});

test("an escape waits for its rest only until it is flushed", () => {
  const decoder = createKeyDecoder();
  expect(decoder.push(bytesOf("\u001b"))).toEqual([]);
  expect(decoder.isWaiting).toBe(true);
  expect(decoder.flush().map(keyText)).toEqual(["escape"]);
  expect(decoder.isWaiting).toBe(false);
});
