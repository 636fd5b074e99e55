import { expect, test } from "vitest";
import { summarize } from "./statistics.ts";

test("has nothing to say of no values", () => {
  expect(summarize([])).toBeUndefined();
});

test.each([
  [[5], { count: 1, median: 5, min: 5, max: 5 }],
  [[10, 9, 100], { count: 3, median: 10, min: 9, max: 100 }],
  [[4, 1, 3, 2], { count: 4, median: 2.5, min: 1, max: 4 }],
])("summarizes %j", (values, expected) => {
  expect(summarize(values)).toEqual(expected);
});

test("leaves the values as they are", () => {
  const values = [3, 1, 2];
  summarize(values);
  expect(values).toEqual([3, 1, 2]);
});
