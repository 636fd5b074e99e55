import { expect, test } from "vitest";
import { defineSteps } from "./define-steps.ts";
import type { Step } from "./step.ts";

function step(id: string, ...after: readonly string[]): Step<undefined> {
  return { id, after, title: () => id, run: async () => undefined };
}

test("takes steps that come after steps before them", () => {
  const steps = [step("create-network"), step("start-nodes", "create-network")];
  expect(defineSteps(steps)).toBe(steps);
});

test.each([
  ["a step that is not there", [step("start-nodes", "create-netwrok")], /"create-netwrok"/],
  ["a later step", [step("start-nodes", "join"), step("join")], /"join", which does not stand/],
  ["itself", [step("join", "join")], /"join"/],
])("refuses a step after %s", (_, steps, message) => {
  expect(() => defineSteps(steps)).toThrow(message);
});

test("refuses two steps of one id", () => {
  expect(() => defineSteps([step("join"), step("join")])).toThrow('Two steps have the id "join".');
});
