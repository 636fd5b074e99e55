import { expect, test } from "vitest";
import { closestName } from "./closest-name.ts";

const fields = ["name", "nodes", "networking", "kubeadmConfigPatches", "registry"];

test.each([
  ["nmae", "name"],
  ["node", "nodes"],
  ["Networking", "networking"],
  ["kubeadmconfigpatches", "kubeadmConfigPatches"],
  ["regsitry", "registry"],
])("%s was meant to be %s", (typed, meant) => {
  expect(closestName(typed, fields)).toBe(meant);
});

test.each(["", "x", "ports", "something-else", "n".repeat(10_000)])(
  "nothing is near %j",
  (typed) => {
    expect(closestName(typed, fields)).toBeUndefined();
  },
);

test("nothing is near when there is nothing", () => {
  expect(closestName("name", [])).toBeUndefined();
});
