import { expect, test } from "vitest";
import { isAutoscaled, withScaleOf } from "./keep-scale.ts";

const { signal } = new AbortController();

function clusterWith(exitCode: number, ...targets: readonly string[]) {
  const items = targets.map((name) => ({ spec: { scaleTargetRef: { kind: "Deployment", name } } }));
  return {
    kubectl: async () =>
      Promise.resolve({ exitCode, stdout: JSON.stringify({ items }), stderr: "" }),
  };
}

test.each([
  [clusterWith(0, "other", "users"), true],
  [clusterWith(0, "other"), false],
  [clusterWith(0), false],
  [clusterWith(1, "users"), false],
])("sees whether an autoscaler has a Deployment (%#)", async (cluster, is) => {
  expect(await isAutoscaled({ name: "users", namespace: "shop" }, cluster, signal)).toBe(is);
});

test("puts the number of pods that there are in place of the configured one", () => {
  const objects = [
    { kind: "Service", spec: { type: "NodePort" } },
    { kind: "Deployment", spec: { replicas: 1, template: {} } },
  ];
  expect(withScaleOf({ spec: { replicas: 4 } }, objects)).toEqual([
    objects[0],
    { kind: "Deployment", spec: { replicas: 4, template: {} } },
  ]);
  expect(withScaleOf(undefined, objects)).toEqual(objects);
  expect(withScaleOf({ spec: { replicas: 0 } }, objects)).toEqual(objects);
});
