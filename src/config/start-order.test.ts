import { expect, test } from "vitest";
import { dependentsFirst, findCircle, withPrerequisites } from "./start-order.ts";

const waits = (name: string, ...dependsOn: readonly string[]) => ({ name, dependsOn });

test("finds no circle where many lead to one", () => {
  expect(findCircle([waits("a", "b", "c"), waits("b", "d"), waits("c", "d"), waits("d")])).toBe(
    undefined,
  );
});

test("names a circle from its first member on, without what leads to it", () => {
  expect(findCircle([waits("a", "b"), waits("b", "c"), waits("c", "b")])).toEqual(["b", "c", "b"]);
});

test("something that waits for itself is a circle", () => {
  expect(findCircle([waits("a", "a")])).toEqual(["a", "a"]);
});

test("passes over names that nobody has", () => {
  expect(findCircle([waits("a", "nobody")])).toBe(undefined);
});

test("takes what is depended on indirectly, too", () => {
  const all = [waits("a", "b"), waits("b", "c"), waits("c"), waits("d", "a")];
  expect([...withPrerequisites(["a"], all)]).toEqual(["a", "b", "c"]);
});

test("puts those first that no other depends on, also where they wait for each other", () => {
  const all = [waits("c"), waits("b", "c"), waits("a", "b"), waits("x", "x")];
  const names = dependentsFirst(all).map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(["a", "b"]);
  expect(names.indexOf("c")).toBe(3);
});
