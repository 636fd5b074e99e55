import { expect, test } from "vitest";
import { planReads, toKubectlOutput } from "./plan-reads.ts";

const json = ["--output", "json"];

test("objects by name, each at its own place; those that are missing are left out", () => {
  const names = ["deployment/shop", "clusterrole/default-shop", "secret/shop-env"];
  const plan = planReads(["get", ...names, "--namespace", "a", "--ignore-not-found", ...json]);
  expect(plan?.reads.map(({ path }) => path)).toEqual([
    "/apis/apps/v1/namespaces/a/deployments/shop",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/default-shop",
    "/api/v1/namespaces/a/secrets/shop-env",
  ]);
  if (plan === undefined) return;
  expect(toKubectlOutput(plan, ['{"kind":"Deployment"}', undefined, '{"kind":"Secret"}'])).toBe(
    '{"apiVersion":"v1","kind":"List","items":[{"kind":"Deployment"},{"kind":"Secret"}]}',
  );
  expect(toKubectlOutput(plan, [undefined, undefined, undefined])).toBe("");
});

test("lists by label, whose items say of what kind they are", () => {
  const plan = planReads([
    ...["get", "deployments,pods", "--namespace", "a b", "--selector", "app=x,tier=y", ...json],
  ]);
  expect(plan?.reads.map(({ path }) => path)).toEqual([
    "/apis/apps/v1/namespaces/a%20b/deployments?labelSelector=app%3Dx%2Ctier%3Dy",
    "/api/v1/namespaces/a%20b/pods?labelSelector=app%3Dx%2Ctier%3Dy",
  ]);
  if (plan === undefined) return;
  const list = '{"kind":"PodList","items":[{"metadata":{"name":"p"}}]}';
  expect(JSON.parse(toKubectlOutput(plan, ['{"items":[]}', list]))).toEqual({
    ...{ apiVersion: "v1", kind: "List" },
    items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }],
  });
});

test.each([
  ["another verb", ["apply", "-f", "-"]],
  ["another output", ["get", "pods", "--namespace", "a", "--output", "name"]],
  ["no namespace", ["get", "pods", ...json]],
  ["a flag that is not known here", ["get", "pods", "--namespace", "a", "--watch", ...json]],
  ["a kind of the user's", ["get", "pods,widgets", "--namespace", "a", ...json]],
  ["a name that must be there", ["get", "deployment/a", "--namespace", "a", ...json]],
  ["a name apart from its kind", ["get", "deployment", "a", "--namespace", "a", ...json]],
])("%s is left to kubectl", (_, args) => {
  expect(planReads(args)).toBeUndefined();
});
