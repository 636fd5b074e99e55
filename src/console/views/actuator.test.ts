import { describe, expect, test } from "vitest";
import { aShop, anActuator, fold, nowMs, press } from "../../../test/fakes/console/shop.ts";
import { commands } from "../commands/commands.ts";
import { cellsOf } from "../lines/cells.ts";
import { asciiGlyphs, unicodeGlyphs } from "../lines/glyphs.ts";
import { paint } from "../lines/paint.ts";
import type { ConsoleState } from "../state/console-state.ts";
import { interestsOf } from "../state/interests.ts";
import { drawScreen } from "./screen.ts";

function drawn(state: ConsoleState, isAscii = false): readonly string[] {
  const glyphs = isAscii ? asciiGlyphs : unicodeGlyphs;
  const { columns } = state.size;
  return drawScreen(state, { glyphs, commands }).map((line) =>
    paint(line, { depth: "none", columns, isAscii })
      // eslint-disable-next-line no-control-regex -- styles are control sequences
      .replace(/\u001b\[[\d;]*m/g, "")
      .trimEnd(),
  );
}

const text = (state: ConsoleState) => `\n${drawn(state).join("\n")}\n`;
const pod = "default/orders-7f3a-aaaaa";

/** The actuator's view of the first pod of orders, with all its answers. */
function inside(size = { columns: 120, rows: 40 }, keys = ""): ConsoleState {
  return press(fold(press(aShop(size), "A"), ...anActuator(pod)), keys);
}

const tabs = [
  ["health and figures", ""],
  ["loggers", "2"],
  ["threads", "3"],
  ["the stack of a thread", "3\r"],
  ["mappings", "4"],
  ["properties", "5"],
  ["start-up", "6"],
] as const;

describe.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
])("at $columns×$rows", (size) => {
  test.each(tabs)("%s", (_, keys) => {
    const state = inside(size, keys);
    expect(text(state)).toMatchSnapshot();
    const lines = drawn(state);
    expect(lines).toHaveLength(size.rows);
    for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(size.columns);
  });
});

test.each(tabs)("in ASCII %s has nothing else", (_, keys) => {
  for (const line of drawn(inside(undefined, keys), true)) expect(line).toMatch(/^[ -~]*$/);
});

test("the failing component stands first", () => {
  const lines = drawn(inside());
  const at = (words: string) => lines.findIndex((line) => line.includes(words));
  expect(lines[at("HEALTH") + 1]).toContain("! brokers/orders");
  expect(at("brokers/orders")).toBeLessThan(at("diskSpace"));
});

test("of an application a pod that is ready is asked, for what its tab shows", () => {
  const state = press(aShop(), "A");
  expect(interestsOf(state).actuator).toMatchObject({
    pod: { kind: "Pod", name: "orders-7f3a-aaaaa" },
    endpoints: expect.arrayContaining(["health", "metrics/jvm.threads.live"]) as unknown,
  });
  expect(interestsOf(press(state, "3")).actuator?.endpoints).toEqual(["threaddump"]);
  expect(interestsOf(press(state, "q")).actuator).toBeUndefined();
});

test("a logger's level goes up and down by keys, and is marked until all are put back", () => {
  const state = inside(undefined, "2/acme\r");
  const louder = press(state, "+");
  expect(louder.requests).toEqual([
    {
      type: "set-log-level",
      of: expect.objectContaining({ name: "orders-7f3a-aaaaa" }) as unknown,
      logger: "com.acme.orders",
      level: "DEBUG",
    },
  ]);
  const told = fold(louder, {
    type: "actuator",
    pod,
    answer: {
      endpoint: "loggers/com.acme.orders",
      state: "answered",
      body: { configuredLevel: "DEBUG", effectiveLevel: "DEBUG" },
    },
    atMs: nowMs,
  });
  expect(text(told)).toMatch(/com\.acme\.orders +DEBUG +changed here/);
  expect(press(told, "-").requests).toMatchObject([{ level: "INFO" }]);
  expect(press(told, "i").requests).toMatchObject([{ level: null }]);
  const back = press(told, "R");
  expect(back.requests).toEqual([{ type: "put-back-log-levels" }]);
  expect(text(back)).not.toContain("changed here");
});

test.each([
  ["not-exposed", "does not expose loggers", "In airfield.yaml"],
  ["refused", "refuses to tell loggers", ""],
  ["no-answer", "does not answer", ""],
] as const)("of what is %s it says so, and what to write", (state, words, remedy) => {
  const asked = fold(press(aShop(), "A2"), {
    type: "actuator",
    pod,
    answer: { endpoint: "loggers", state, ...(remedy === "" ? {} : { remedy }) },
    atMs: nowMs,
  });
  expect(text(asked)).toContain(words);
  expect(text(asked)).toContain(remedy);
});

test("the selected thread stays selected while others come and go", () => {
  const state = inside(undefined, "3jj");
  const selected = (of: ConsoleState) => drawn(of).find((line) => line.startsWith(">"));
  const before = selected(state);
  expect(before).toContain("http-nio-8080-exec-1");
  expect(selected(fold(state, ...anActuator(pod)))).toBe(before);
});
