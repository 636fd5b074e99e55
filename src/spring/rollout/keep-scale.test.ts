import { expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { isAutoscaled, withScaleOf } from "./keep-scale.ts";

const { signal } = new AbortController();

function clusterWith({ isForbidden = false }, ...targets: readonly string[]) {
  const api = new FakeClusterApi();
  api.refusal = () => (isForbidden ? "forbidden" : undefined);
  for (const [i, name] of targets.entries()) {
    const metadata = { name: `scaler-${i}`, namespace: "shop" };
    const spec = { scaleTargetRef: { kind: "Deployment", name } };
    api.put({ kind: "HorizontalPodAutoscaler", metadata, spec } as KubernetesObject);
  }
  return { api };
}

test.each([
  [clusterWith({}, "other", "users"), true],
  [clusterWith({}, "other"), false],
  [clusterWith({}), false],
  [clusterWith({ isForbidden: true }, "users"), false],
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
