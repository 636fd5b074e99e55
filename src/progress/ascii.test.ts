import { expect, test } from "vitest";
import { asAscii } from "./ascii.ts";

test("our own signs become ASCII", () => {
  const text = asAscii("✓ ✗ • ↩ a → b … c · d │ ───");
  expect(text).toBe("+ x * < a -> b ... c - d | ---");
});

test("what comes from elsewhere stays as it is", () => {
  expect(asAscii("/home/jörg/größe ☕")).toBe("/home/jörg/größe ☕");
});
