import { expect, test } from "vitest";
import { isLabelOfKubelet } from "./node-labels.ts";

test.each([
  "zone",
  "acme.example/zone",
  "notkubernetes.io/zone",
  "kubernetes.io.acme.example/zone",
  "kubernetes.io/arch",
  "topology.kubernetes.io/zone",
  "node.kubernetes.io/anything",
  "sub.node.kubernetes.io/anything",
  "kubelet.kubernetes.io/anything",
])("a kubelet may give its node %s", (key) => {
  expect(isLabelOfKubelet(key)).toBe(true);
});

test.each([
  "node-role.kubernetes.io/master",
  "node-role.kubernetes.io/worker",
  "node-restriction.kubernetes.io/team",
  "kubernetes.io/role",
  "k8s.io/role",
  "acme.k8s.io/disk",
  "topology.kubernetes.io/rack",
])("a kubelet may not give its node %s", (key) => {
  expect(isLabelOfKubelet(key)).toBe(false);
});
