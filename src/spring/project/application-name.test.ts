import { expect, test } from "vitest";
import { planApplicationName } from "./application-name.ts";

test("takes the first name that the project has", () => {
  expect(planApplicationName(undefined, [undefined, "orders", "folder"])).toEqual({
    name: "orders",
  });
});

test.each([
  ["UserService", "user-service"],
  ["user_service", "user-service"],
  ["Größe 2", "gr-e-2"],
  ["42-shop", "shop"],
  ["x".repeat(80), "x".repeat(63)],
])("makes the project's own name %s fit", (own, name) => {
  expect(planApplicationName(undefined, [own])).toEqual({ name, changedFrom: own });
});

test.each([
  ["User", "capital letters"],
  ["", "empty"],
  ["9lives", "begin with a letter"],
  ["a_b", "letters, digits and inner dashes"],
  ["a".repeat(64), "64 characters"],
])("refuses the chosen name %j", (name, reason) => {
  expect(() => planApplicationName(name, [])).toThrow(
    expect.objectContaining({
      code: "invalid-application-name",
      message: expect.stringContaining(reason),
    }),
  );
});

test("refuses a project without any usable name", () => {
  expect(() => planApplicationName(undefined, ["123", "_"])).toThrow("no letter");
});
