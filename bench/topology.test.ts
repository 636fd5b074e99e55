import { expect, test } from "vitest";
import { countNodes, parseTopology } from "./topology.ts";

test.each([
  ["1", 1, 0],
  ["1+2", 1, 2],
  [" 3+12 ", 3, 12],
])("reads %j as %i control planes and %i workers", (text, controlPlanes, workers) => {
  expect(parseTopology(text)).toEqual({ name: text.trim(), controlPlanes, workers });
});

test.each(["", "0", "0+1", "1+", "+1", "1+1+1", "a", "1 + 1"])("refuses %j", (text) => {
  expect(parseTopology(text)).toBeUndefined();
});

test("counts the nodes of all roles", () => {
  expect(countNodes({ name: "3+2", controlPlanes: 3, workers: 2 })).toBe(5);
});
