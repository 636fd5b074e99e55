import { expect, test } from "vitest";
import { inOrder, lastApplied, withLastApplied } from "./last-applied.ts";

const deployment = {
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "shop", namespace: "a", annotations: { x: "1" } },
  spec: { replicas: 2 },
};
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { k: "dg==" } };
const kubectlAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

test("an object remembers what was applied, and going back to it is remembered as well", () => {
  const sent = withLastApplied(deployment);
  expect(lastApplied(sent)).toEqual(deployment);
  expect(withLastApplied(deployment)).toEqual(sent);
});

test("what kubectl applied is remembered, too; what Airfield applied goes before it", () => {
  const by = (annotations: Readonly<Record<string, string>>) =>
    lastApplied({ kind: "Deployment", metadata: { name: "shop", annotations } });
  const older = JSON.stringify({ ...deployment, spec: {} });
  expect(by({ [kubectlAnnotation]: older })).toEqual({ ...deployment, spec: {} });
  const both = { ...withLastApplied(deployment).metadata.annotations, [kubectlAnnotation]: older };
  expect(by(both)).toEqual(deployment);
});

test("of a Secret or ConfigMap it is what the cluster has", () => {
  expect(withLastApplied(secret)).toBe(secret);
  const live = { ...secret, metadata: { ...secret.metadata, uid: "u", resourceVersion: "1" } };
  expect(lastApplied(live)).toEqual(secret);
});

test.each(["", "{", "[]", "null", '"x"', "{}"])("an annotation %j tells nothing", (text) => {
  const metadata = { name: "shop", annotations: { "airfield.dev/last-applied": text } };
  expect(lastApplied({ kind: "Deployment", metadata })).toBeUndefined();
});

test("without an annotation nothing is known", () => {
  expect(lastApplied({ kind: "Deployment", metadata: { name: "shop" } })).toBeUndefined();
});

test("what pods read goes first, everything else keeps its order", () => {
  const service = { ...deployment, kind: "Service" };
  expect(inOrder([deployment, service, secret])).toEqual([secret, deployment, service]);
});
