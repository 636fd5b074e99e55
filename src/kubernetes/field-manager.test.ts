import { expect, test } from "vitest";
import { planTakeOver } from "./field-manager.ts";

const clientSide = {
  manager: "kubectl-client-side-apply",
  operation: "Update",
  fieldsV1: { a: {} },
};
const ours = { manager: "airfield", operation: "Apply", fieldsV1: { b: {} } };
const status = { manager: "kube-controller-manager", operation: "Update", subresource: "status" };
const live = (...managedFields: readonly object[]) => ({
  metadata: { resourceVersion: "7", managedFields },
});

test("what was applied on the client's side counts as ours, as far as nobody has changed it", () => {
  expect(planTakeOver(live(clientSide, status, ours))).toEqual([
    { op: "test", path: "/metadata/resourceVersion", value: "7" },
    {
      ...{ op: "replace", path: "/metadata/managedFields" },
      value: [{ ...clientSide, manager: "airfield", operation: "Apply" }, status],
    },
  ]);
});

test.each([
  ["ours from the beginning", live(ours, status)],
  ["scaled by the client", live(ours, { ...clientSide, subresource: "scale" })],
  ["without managers", {}],
])("nothing is to be done for what is %s", (_, object) => {
  expect(planTakeOver(object)).toBeUndefined();
});
