import { expect, test } from "vitest";
import { isToolError } from "../errors/tool-error.ts";
import { checkClusterName } from "./cluster-name.ts";

test.each(["a", "7", "airfield", "my-shop-2", "v1.34", "a".repeat(32)])(
  "takes the name %j",
  (name) => {
    expect(() => {
      checkClusterName(name);
    }).not.toThrow();
  },
);

test.each([
  ["", "it is empty"],
  ["a".repeat(33), "it has 33 characters, 32 at most are possible"],
  ["-a", "it begins or ends with a dash"],
  ["a-", "it begins or ends with a dash"],
  ["--help", "it begins or ends with a dash"],
  ["Shop", '"S" is an upper-case letter'],
  ["a..b", "each part between dots must begin and end with a letter or digit"],
  [".a", "each part between dots must begin and end with a letter or digit"],
  ["a.", "each part between dots must begin and end with a letter or digit"],
  ["a.-b", "each part between dots must begin and end with a letter or digit"],
  ["a b", 'it contains " "'],
  ["a_b", 'it contains "_"'],
  ["a/../b", 'it contains "/"'],
  ["$(id)", 'it contains "$"'],
  ["a\n", 'it contains "\\n"'],
  ["café", 'it contains "é"'],
  ["a🐳", 'it contains "🐳"'],
])("refuses the name %j: %s", (name, reason) => {
  expect(() => {
    checkClusterName(name);
  }).toThrow(
    expect.toSatisfy(
      (error) => isToolError(error, "invalid-cluster-name") && error.facts.reason === reason,
    ),
  );
});
