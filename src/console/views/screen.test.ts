import { describe, expect, test } from "vitest";
import { aPod, aShop, fold, nowMs, press } from "../../../test/fakes/console/shop.ts";
import { commands } from "../commands/commands.ts";
import { cellsOf } from "../lines/cells.ts";
import { asciiGlyphs, unicodeGlyphs } from "../lines/glyphs.ts";
import { paint, type ColourDepth } from "../lines/paint.ts";
import { initialState, type ConsoleState } from "../state/console-state.ts";
import { drawScreen } from "./screen.ts";

function drawn(
  state: ConsoleState,
  {
    depth = "none",
    isAscii = false,
  }: { readonly depth?: ColourDepth; readonly isAscii?: boolean } = {},
): readonly string[] {
  const glyphs = isAscii ? asciiGlyphs : unicodeGlyphs;
  const { columns } = state.size;
  return drawScreen(state, { glyphs, commands }).map((line) =>
    paint(line, { depth, columns, isAscii }),
  );
}

/** As one reads it: what is drawn with colours exchanged has its own mark, and no blanks stand at the ends. */
function text(state: ConsoleState): string {
  const lines = drawn(state, { depth: "none" }).map((line) => withoutStyle(line).trimEnd());
  return `\n${lines.join("\n")}\n`;
}

function withoutStyle(line: string): string {
  // eslint-disable-next-line no-control-regex -- styles are control sequences
  return line.replace(/\u001b\[[\d;]*m/g, "");
}

const sizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 250, rows: 80 },
];

const screens: readonly (readonly [string, string])[] = [
  ["home", ""],
  ["pods", "3"],
  ["nodes", "8"],
  ["clusters", "9"],
  ["workloads", "2"],
  ["what is wrong", "!"],
  ["pods of an application", "\r"],
  ["containers", "\r\r"],
  ["events", "7"],
  ["help", "?"],
  ["the palette", ":pods"],
  ["the menu", "m"],
  ["a dialog", "\u0004"],
  ["scaling", "s++"],
];

describe.each(sizes)("at $columns×$rows", (size) => {
  test.each(screens)("%s", (_, keys) => {
    expect(text(press(aShop(size), keys))).toMatchSnapshot();
  });

  test("each screen has exactly its size", () => {
    for (const [, keys] of screens) {
      const lines = drawn(press(aShop(size), keys));
      expect(lines).toHaveLength(size.rows);
      for (const line of lines)
        expect(cellsOf(withoutStyle(line))).toBeLessThanOrEqual(size.columns);
    }
  });
});

test("home with 16 colours", () => {
  expect(drawn(aShop({ columns: 80, rows: 24 }), { depth: "16" })).toMatchSnapshot();
});

test("without colour there is no colour, and every state can still be read", () => {
  const lines = drawn(aShop(), { depth: "none" });
  // eslint-disable-next-line no-control-regex -- a colour, in the foreground or the background
  expect(lines.join("")).not.toMatch(/\u001b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9\d|10\d)/);
  expect(lines.join("")).toContain("1/2 !");
});

test.each(screens)("in ASCII %s has nothing else", (_, keys) => {
  const lines = drawn(press(aShop(), keys), { isAscii: true });
  for (const line of lines) expect(withoutStyle(line)).toMatch(/^[ -~]*$/);
});

test("what the cluster says cannot move the cursor or tear the columns", () => {
  const name = "evil\u001b[2J\u202Epod\r\n\u0007漢字漢字";
  const state = press(
    fold(aShop({ columns: 80, rows: 24 }), {
      type: "row",
      atMs: nowMs,
      row: aPod({ name, uid: "evil" }),
    }),
    "3",
  );
  const lines = drawn(state);
  // eslint-disable-next-line no-control-regex -- nothing of it may be left
  expect(lines.join("").replace(/\u001b\[[\d;]*m/g, "")).not.toMatch(/[\u0000-\u001f\u202e]/);
  for (const line of lines) expect(cellsOf(withoutStyle(line))).toBeLessThanOrEqual(80);
});

test("a screen that is too small says so in one line", () => {
  const lines = drawn(aShop({ columns: 50, rows: 10 }));
  expect(lines).toHaveLength(10);
  expect(lines[0]).toContain("needs 60 columns");
});

test("before the engine has answered it says what it waits for", () => {
  expect(text(initialState({ columns: 80, rows: 24 }))).toMatchSnapshot();
});

test("without a cluster it offers to create one", () => {
  const none = fold(initialState({ columns: 80, rows: 24 }), { type: "clusters", clusters: [] });
  expect(text(none)).toContain("n creates one");
  expect(text(press(none, "n"))).toContain("Name of the new cluster: airfield");
});

test.each([
  [
    "an engine that is away",
    { type: "engine", state: "lost", reason: "connection refused" },
    "engine lost",
  ],
  ["a cluster that is gone", { type: "clusters", clusters: [] }, "this cluster is gone"],
  [
    "news that do not come",
    { type: "feed", kind: "Pod", state: "interrupted", atMs: nowMs - 14_000 },
    "no news for 14s",
  ],
] as const)("says of %s that it is so", (_, event, words) => {
  expect(text(fold(aShop(), event))).toContain(words);
});
