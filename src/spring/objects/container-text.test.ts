import { expect, test } from "vitest";
import { fromContainerText, toContainerText } from "./container-text.ts";
import { expandAsKubernetes, hostileValues } from "../../../test/fakes/spring/hostile-values.ts";

const VARIABLES = { X: "other", JAVA_TOOL_OPTIONS: "-Xmx1g", "": "empty" };

test.each(hostileValues)("a container gets %j as it was given", (value) => {
  expect(expandAsKubernetes(toContainerText(value), VARIABLES)).toBe(value);
  expect(fromContainerText(toContainerText(value))).toBe(value);
});

test("every text of few characters that mean something comes through", () => {
  const characters = ["$", "(", ")", "X", "\\"];
  const textsOf = (length: number): readonly string[] =>
    length === 0
      ? [""]
      : textsOf(length - 1).flatMap((text) => characters.map((character) => text + character));
  const texts = [1, 2, 3, 4, 5, 6].flatMap(textsOf);
  const changed = texts.filter(
    (text) => expandAsKubernetes(toContainerText(text), VARIABLES) !== text,
  );
  expect(changed).toEqual([]);
  expect(texts.filter((text) => fromContainerText(toContainerText(text)) !== text)).toEqual([]);
});

test("a value without references is not touched", () => {
  expect(toContainerText("pa$word costs 5$")).toBe("pa$word costs 5$");
});

test("a text that refers to a variable has no value of its own", () => {
  expect(fromContainerText("http://$(POD_IP):80")).toBeUndefined();
  expect(fromContainerText("$$(POD_IP) and $(")).toBe("$(POD_IP) and $(");
});
