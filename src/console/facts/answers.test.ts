import { expect, test } from "vitest";
import { longestGap, p95Of, type Answer } from "./answers.ts";

const good = (atMs: number, ms = 5): Answer => ({ atMs, ms, status: 200 });
const none = (atMs: number): Answer => ({ atMs });

test.each<[string, readonly Answer[], object | undefined]>([
  ["no answers", [], undefined],
  ["good answers only", [good(0), good(250)], undefined],
  ["one that failed", [good(0), none(250), good(500)], { ms: 500, fromMs: 0, isOver: true }],
  [
    "several gaps, the longest counts",
    [good(0), none(250), good(500), none(750), { atMs: 1000, ms: 3, status: 503 }, good(1250)],
    { ms: 750, fromMs: 500, isOver: true },
  ],
  ["one that goes on", [good(0), none(250), none(500)], { ms: 500, fromMs: 0, isOver: false }],
  [
    "nothing good before it",
    [none(250), none(500), good(750)],
    { ms: 500, fromMs: 250, isOver: true },
  ],
  ["answers that only refuse", [good(0), { atMs: 250, ms: 2, status: 404 }, good(500)], undefined],
])("the longest gap of %s", (_, answers, expected) => {
  expect(longestGap(answers)).toEqual(expected);
});

test("95 of 100 answers came within this time", () => {
  expect(p95Of(Array.from({ length: 100 }, (_, i) => good(i, i + 1)))).toBe(95);
  expect(p95Of([good(0, 7), none(250)])).toBe(7);
  expect(p95Of([none(0)])).toBeUndefined();
});
