import { expect, test } from "vitest";
import { age } from "./print-clusters.ts";
import { renderTable } from "./table.ts";

test("columns are as wide as their widest cell, without trailing spaces", () => {
  const rows = [
    { name: "shop", nodes: 3 },
    { name: "a-long-name", nodes: 12 },
  ];
  const table = renderTable(rows, [
    ["NAME", ({ name }) => name],
    ["NODES", ({ nodes }) => String(nodes)],
  ]);
  expect(table).toBe("NAME          NODES\nshop          3\na-long-name   12\n");
});

test.each([
  ["2026-01-01T00:00:05Z", "5s"],
  ["2026-01-01T00:02:00Z", "2m"],
  ["2026-01-01T03:00:00Z", "3h"],
  ["2026-02-10T00:00:00Z", "40d"],
  ["2025-12-31T23:59:59Z", "0s"],
])("the age at %s is %s", (now, text) => {
  expect(age("2026-01-01T00:00:00Z", now)).toBe(text);
});

test("an unknown time has no age", () => {
  expect(age("", "2026-01-01T00:00:00Z")).toBe("-");
});
