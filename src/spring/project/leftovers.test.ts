import { expect, test } from "vitest";
import { matchesPattern } from "./ant-pattern.ts";
import { isLeftover, LEFTOVER_PATH } from "./leftovers.ts";

test.each([
  ...[".#Other.java", "#Other.java#", "Other.java~", "._Other.java", "%Other.java%", ".DS_Store"],
  ...[
    ".Other.java.swp",
    ".Other.java.swx",
    "4913",
    "Other.java___jb_tmp___",
    "CVS",
    ".git",
    ".svn",
  ],
])("%s is no part of a project, nor is what is in such a folder", (name) => {
  expect(isLeftover(name)).toBe(true);
  expect(matchesPattern(`com/acme/${name}`, LEFTOVER_PATH)).toBe(true);
  expect(matchesPattern(`${name}/A.java`, LEFTOVER_PATH)).toBe(true);
});

test.each([
  "Other.java",
  "C#.java",
  "Cvs.java",
  "svn",
  "a~b.txt",
  "100%.txt",
  "49130",
  ".env",
  "x.sw",
])("%s may be one", (name) => {
  expect(isLeftover(name)).toBe(false);
  expect(matchesPattern(`com/acme/${name}`, LEFTOVER_PATH)).toBe(false);
});
