import { expect, test } from "vitest";
import { findCircle, withPrerequisites } from "./start-order.ts";

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
