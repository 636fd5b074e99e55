import { expect, test } from "vitest";
import { factsOfLabels, imageNameOf, labelsOf } from "./plan-image.ts";

const inputs = {
  name: "user-service",
  sourceFingerprint: "abc",
  module: undefined,
  baseImage: "airfield/jre-17:1",
  builder: "assemble",
  hasStartupArchive: false,
} as const;

test("names an image after what is in it", () => {
  const name = imageNameOf(inputs);
  expect(name).toMatch(/^airfield\.internal\/user-service:[0-9a-f]{12}$/);
  expect(imageNameOf({ ...inputs })).toBe(name);
  expect(imageNameOf({ ...inputs, sourceFingerprint: "abd" })).not.toBe(name);
  expect(imageNameOf({ ...inputs, module: "a" })).not.toBe(name);
  expect(imageNameOf({ ...inputs, baseImage: "airfield/jre-17:2" })).not.toBe(name);
});

test("keeps the application's facts in labels", () => {
  const facts = { springBootVersion: "4.1.0", web: "reactive", hasActuator: true } as const;
  expect(factsOfLabels(labelsOf("a", facts))).toEqual(facts);
  const unknown = { springBootVersion: undefined, web: "none", hasActuator: false } as const;
  expect(factsOfLabels(labelsOf("a", unknown))).toEqual(unknown);
  expect(factsOfLabels({ maintainer: "me" })).toBeUndefined();
});
