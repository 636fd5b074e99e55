import { expect, test } from "vitest";
import { parseQuantity } from "./quantity.ts";

test.each([
  ["0", 0],
  ["1", 1],
  ["250m", 0.25],
  ["1.5", 1.5],
  [".5", 0.5],
  ["1k", 1000],
  ["1Ki", 1024],
  ["512Mi", 512 * 1024 * 1024],
  ["1.5Gi", 1.5 * 1024 ** 3],
  ["2e3", 2000],
  ["1E", 1e18],
  ["1E2", 100],
])("%s is %d", (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each(["", "m", "-1", "1 Gi", "1gb", "1GiB", "1mi", "0x10", "1.", "1e", "NaN", "9".repeat(99)])(
  "%j is no quantity",
  (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  },
);
