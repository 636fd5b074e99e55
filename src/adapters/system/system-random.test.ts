import { expect, test } from "vitest";
import { SystemRandom } from "./system-random.ts";

test("draws every character of the alphabet and no other, never the same text", () => {
  const random = new SystemRandom();
  const text = random.string(1000, "abc");
  expect(text).toMatch(/^[abc]{1000}$/);
  expect(new Set(text)).toEqual(new Set("abc"));
  expect(random.string(32, "0123456789abcdef")).not.toBe(random.string(32, "0123456789abcdef"));
  expect(random.string(0, "abc")).toBe("");
});
