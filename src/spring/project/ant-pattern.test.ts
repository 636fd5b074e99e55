import { expect, test } from "vitest";
import { antPattern, matchesPattern } from "./ant-pattern.ts";

test.each([
  ["**/legacy/**", "com/acme/legacy/Old.java", true],
  ["**/legacy/**", "legacy/Old.java", true],
  ["**/legacy/**", "com/acme/legacy2/Old.java", false],
  ["**/legacy/", "com/legacy/a/Old.java", true],
  ["**/*.sql", "q.sql", true],
  ["**/*.sql", "com/acme/q.sql", true],
  ["*.sql", "com/acme/q.sql", false],
  ["com/**/Old?.java", "com/Old1.java", true],
  ["com/**/Old?.java", "com/a/b/Old.java", false],
  ["com\\acme\\*.java", "com/acme/A.java", true],
  ["com/acme/A$B.java", "com/acme/A$B.java", true],
  ["**", "a/b", true],
  ["config/**", "config", true],
  ["%ant[**/Old.java]", "com/Old.java", true],
  ["%regex[.*/Old[12]\\.java]", "com/Old2.java", true],
])("%s on %s: %s", (pattern, path, isMatch) => {
  expect(matchesPattern(path, antPattern(pattern))).toBe(isMatch);
});
