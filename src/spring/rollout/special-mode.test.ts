import { expect, test } from "vitest";
import { applicationScene, goneCluster } from "../../../test/scenes/application-scene.ts";
import { enterMode, leaveMode, modeOf, type PodTemplate } from "./special-mode.ts";

const name = { name: "user-service", namespace: "default" };
const change = (template: PodTemplate): PodTemplate => ({
  ...template,
  spec: { ...template.spec, volumes: [{ name: "more" }] },
});

function scene() {
  const { cluster, signal } = applicationScene();
  return { cluster, signal, now: () => cluster.get("Deployment", "user-service") };
}

test("in a mode it has another template and one pod, and another hash than `up` would apply", async () => {
  const { cluster, signal, now } = scene();
  await enterMode(cluster, name, { mode: "live", change, signal });
  expect(modeOf(now())).toBe("live");
  expect(now()).toMatchObject({
    metadata: { annotations: { "airfield.dev/manifest-hash": "live" } },
    spec: { replicas: 1, template: { spec: { volumes: [{ name: "more" }] } } },
  });
});

test("left, it is as it was, also when the mode was entered twice", async () => {
  const { cluster, signal, now } = scene();
  const before = now();
  await enterMode(cluster, name, { mode: "live", change, signal });
  await enterMode(cluster, name, { mode: "debug", change: (template) => template, signal });
  expect(await leaveMode(cluster, now())).toBe(true);
  const { generation: _, ...metadata } = now()?.metadata ?? {};
  expect({ ...now(), metadata: { ...metadata, generation: 1 } }).toEqual(before);
});

test("leaving changes nothing where there is no mode, or no application", async () => {
  const { cluster, now } = scene();
  expect(await leaveMode(cluster, now())).toBe(false);
  expect(await leaveMode(cluster, undefined)).toBe(false);
  expect(cluster.api.calls).toEqual([]);
});

test("an application that is gone cannot enter a mode", async () => {
  const { signal } = scene();
  await expect(
    enterMode(goneCluster(), name, { mode: "live", change, signal }),
  ).rejects.toMatchObject({ code: "cluster-request-failed" });
});

test("an application that somebody removes in the meantime cannot enter a mode", async () => {
  const { cluster, signal } = scene();
  await cluster.api.remove([{ kind: "Deployment", ...name }]);
  await expect(enterMode(cluster, name, { mode: "live", change, signal })).rejects.toMatchObject({
    code: "cluster-request-failed",
  });
});
