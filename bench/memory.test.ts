import { expect, test } from "vitest";
import { workingSet } from "./memory.ts";

test("is usage without the inactive file cache of the whole group, as docker stats shows it", () => {
  const version1 = "cache 900\ninactive_file 5\ntotal_inactive_file 300\n";
  expect(workingSet("1000\n", version1, "total_inactive_file")).toBe(700);
  const version2 = "anon 500\ninactive_file 250\nworkingset_nodes 7\n";
  expect(workingSet("1000\n", version2, "inactive_file")).toBe(750);
});

test("is never negative: the two files are read one after the other", () => {
  expect(workingSet("100\n", "inactive_file 250\n", "inactive_file")).toBe(0);
});
