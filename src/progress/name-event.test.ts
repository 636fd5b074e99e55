import { expect, test } from "vitest";
import { createEventNamer, nameEvent } from "./name-event.ts";

test("an event of no application stays as it is", () => {
  const event = { type: "output", source: "maven", line: "x" } as const;
  expect(nameEvent(event)).toEqual(event);
});

test("steps of several applications are told apart, and named", () => {
  expect(
    nameEvent({ type: "step-started", stepId: "build", title: "Building", application: "shop" }),
  ).toEqual({ type: "step-started", stepId: "shop/build", title: "shop: Building" });
});

test("a detail that names the application already does not name it twice", () => {
  const event = { type: "step-progress", stepId: "build", application: "shop" } as const;
  for (const detail of ["half", "shop: half"]) {
    expect(nameEvent({ ...event, detail })).toMatchObject({ detail: "shop: half" });
  }
});

test("output says whose it is; what is told of no step keeps its form", () => {
  expect(nameEvent({ type: "output", source: "maven", line: "x", application: "shop" })).toEqual({
    ...{ type: "output", source: "shop maven", line: "x" },
  });
  const ofStep = { type: "output", source: "maven", line: "x", stepId: "build" } as const;
  expect(nameEvent({ ...ofStep, application: "shop" })).toMatchObject({ stepId: "shop/build" });
  const warning = { type: "warning", code: "old", message: "m" } as const;
  expect(nameEvent({ ...warning, application: "shop" })).toEqual(warning);
});

test("steps of a run within a step are named after that step, and are no steps of the run around it", () => {
  const name = createEventNamer();
  name({ type: "step-started", stepId: "ensure-cluster", title: 'Cluster "shop"' });
  const step = { stepId: "load-image", title: "Loading", within: "ensure-cluster" } as const;
  expect(name({ type: "step-started", ...step })).toEqual({
    ...{ type: "step-started", stepId: "ensure-cluster/load-image" },
    title: 'Cluster "shop": Loading',
  });
});
