import { expect, test } from "vitest";
import { planTakeOver } from "./field-manager.ts";

const apiVersion = "apps/v1";
const leaf = {};
const clientSide = {
  ...{ manager: "kubectl-client-side-apply", operation: "Update", apiVersion },
  fieldsV1: { "f:spec": { "f:a": leaf } },
};
const ours = {
  ...{ manager: "airfield", operation: "Apply", apiVersion },
  fieldsV1: { "f:spec": { "f:b": leaf } },
};
const status = { manager: "kube-controller-manager", operation: "Update", subresource: "status" };
const patched = (spec: object, more: object = {}) => ({
  ...{ manager: "airfield", operation: "Update", apiVersion },
  fieldsV1: { ...more, "f:spec": spec },
});
const live = (...managedFields: readonly object[]) => ({
  apiVersion,
  metadata: { resourceVersion: "7", managedFields },
});

test.each([
  [
    "what was applied on the client's side counts as ours, as far as nobody has changed it",
    [clientSide, status, ours],
    [{ ...ours, fieldsV1: { "f:spec": { "f:a": leaf, "f:b": leaf } } }, status],
  ],
  [
    "also before anything was applied on the server's side",
    [status, clientSide],
    [{ ...clientSide, manager: "airfield", operation: "Apply" }, status],
  ],
  [
    "what a mode has set of pods counts as ours; the number of pods does not",
    [ours, patched({ "f:replicas": leaf, "f:template": { "f:c": leaf } }, { "f:metadata": leaf })],
    [
      { ...ours, fieldsV1: { "f:spec": { "f:b": leaf, "f:template": { "f:c": leaf } } } },
      patched({ "f:replicas": leaf }, { "f:metadata": leaf }),
    ],
  ],
  [
    "of a mode that has set nothing else nothing stays",
    [ours, patched({ "f:template": { "f:c": leaf } })],
    [{ ...ours, fieldsV1: { "f:spec": { "f:b": leaf, "f:template": { "f:c": leaf } } } }],
  ],
])("%s", (_, managedFields, value) => {
  expect(planTakeOver(live(...managedFields))).toEqual([
    { op: "test", path: "/metadata/resourceVersion", value: "7" },
    { op: "replace", path: "/metadata/managedFields", value },
  ]);
});

test.each([
  ["ours from the beginning", live(ours, status)],
  ["patched by us beside the pods", live(ours, patched({ "f:replicas": leaf }))],
  ["scaled by the client", live(ours, { ...clientSide, subresource: "scale" })],
  ["of another version of its kind", live(ours, { ...clientSide, apiVersion: "apps/v1beta1" })],
  ["without managers", {}],
])("nothing is to be done for what is %s", (_, object) => {
  expect(planTakeOver(object)).toBeUndefined();
});
