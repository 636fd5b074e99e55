import { expect, test } from "vitest";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { descriptionLines, yamlLines } from "./document-text.ts";

const secret = {
  ...{ apiVersion: "v1", kind: "Secret", type: "Opaque", data: { password: "czNjcjN0" } },
  metadata: {
    ...{ name: "db", namespace: "dev" },
    annotations: { "airfield.dev/last-applied": '{"data":{"password":"czNjcjN0"}}', mine: "1" },
    managedFields: [{ manager: "airfield" }],
  },
} as KubernetesObject;

const pod = {
  ...{ apiVersion: "v1", kind: "Pod" },
  metadata: {
    ...{ name: "shop-1", namespace: "dev", uid: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
    labels: { app: "shop" },
    ownerReferences: [{ kind: "ReplicaSet", name: "shop", uid: "2", controller: true }],
  },
  spec: {
    nodeName: "worker",
    containers: [
      {
        ...{ name: "application", image: "shop:1" },
        env: [
          { name: "TOKEN", value: "s3cr3t" },
          { name: "FROM", valueFrom: { fieldRef: {} } },
        ],
      },
    ],
  },
  status: {
    ...{ phase: "Running", podIP: "10.0.0.1" },
    conditions: [{ type: "Ready", status: "False", reason: "ContainersNotReady", message: "a\nb" }],
    containerStatuses: [
      { name: "application", restartCount: 1, state: { waiting: { reason: "CrashLoopBackOff" } } },
    ],
  },
} as object as KubernetesObject;

test("YAML hides what a Secret holds and who owns which field", () => {
  expect(yamlLines(secret, { showsValues: false })).toEqual([
    ...["apiVersion: v1", "kind: Secret", "type: Opaque", "data:", "  password: (hidden)"],
    ...["metadata:", "  name: db", "  namespace: dev", "  annotations:", '    mine: "1"'],
  ]);
});

test("YAML shows the values when it is asked to", () => {
  const text = yamlLines(secret, { showsValues: true }).join("\n");
  expect(text).toContain("password: czNjcjN0");
  expect(text).not.toContain("managedFields");
});

test("values of variables are hidden wherever there are containers", () => {
  const deployment = { kind: "Deployment", spec: { template: { spec: pod.spec } } };
  for (const object of [pod, deployment as KubernetesObject]) {
    const text = yamlLines(object, { showsValues: false }).join("\n");
    expect(text).not.toContain("s3cr3t");
    expect(text).toContain("name: TOKEN");
    expect(text).toContain("fieldRef");
  }
});

test("a description says first what matters", () => {
  const events = [
    ...[{ type: "Normal", reason: "Pulled", message: "ok", lastTimestamp: "2026-01-01T00:00:09Z" }],
    {
      type: "Warning",
      reason: "BackOff",
      message: "x\u001b[2J",
      count: 3,
      eventTime: "2026-01-01T00:00:01Z",
    },
  ];
  const lines = descriptionLines(pod, events, { showsValues: false });
  expect(lines.slice(0, 19)).toEqual([
    ...["Name: shop-1", "Namespace: dev", "Created: 2026-01-01T00:00:00Z"],
    ...["Controlled by: ReplicaSet/shop", "Labels:", "  app: shop", "Status: CrashLoopBackOff"],
    ...["Why: CrashLoopBackOff", "Node: worker", "Address: 10.0.0.1", "Restarts: 1"],
    ...["Containers:", "  application: waiting: CrashLoopBackOff, shop:1, restarts: 1"],
    ...["Conditions:", "  Ready: False (ContainersNotReady: a b)", "Events:"],
    "  2026-01-01T00:00:01Z  Warning  BackOff: x (3 times)",
    "  2026-01-01T00:00:09Z  Normal   Pulled: ok",
    "Spec:",
  ]);
  expect(lines.join("\n")).not.toContain("s3cr3t");
});

test("a description of what has no events says so", () => {
  expect(descriptionLines(secret, [], { showsValues: false })).toEqual([
    ...["Name: db", "Namespace: dev", "Events: none of the last hour", "Annotations:"],
    ...['  mine: "1"', "Data:", "  password: (hidden)"],
  ]);
});
