import { expect, test } from "vitest";
import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { findPodFailure, toObjects } from "./rollout-state.ts";

const deployment = (status: KubernetesObject["status"]): KubernetesObject => ({
  metadata: { generation: 2 },
  spec: { replicas: 2 },
  ...(status === undefined ? {} : { status }),
});
const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

test.each([
  ["all is done", done, true],
  ["the controller has not looked yet", { ...done, observedGeneration: 1 }, false],
  ["old pods are left", { ...done, replicas: 3 }, false],
  ["new pods are missing", { ...done, updatedReplicas: 1 }, false],
  ["new pods are not ready", { ...done, availableReplicas: 1 }, false],
])("knows whether a roll-out has ended: %s", (_, status, expected) => {
  expect(isRolledOut(deployment(status))).toBe(expected);
});

test("nothing is no roll-out", () => {
  expect(isRolledOut(undefined)).toBe(false);
});

test("takes the pods of the newest version only", () => {
  const revision = (value: string) => ({ "deployment.kubernetes.io/revision": value });
  const owned = (uid: string) => ({ ownerReferences: [{ uid }] });
  const items = [
    { kind: "Deployment", metadata: { name: "a", uid: "d", annotations: revision("2") } },
    { kind: "ReplicaSet", metadata: { uid: "r1", annotations: revision("1"), ...owned("d") } },
    { kind: "ReplicaSet", metadata: { uid: "r2", annotations: revision("2"), ...owned("d") } },
    { kind: "Pod", metadata: { name: "old", ...owned("r1") } },
    { kind: "Pod", metadata: { name: "younger", creationTimestamp: "2026-01-02", ...owned("r2") } },
    { kind: "Pod", metadata: { name: "older", creationTimestamp: "2026-01-01", ...owned("r2") } },
    { kind: "Pod", metadata: { name: "going", deletionTimestamp: "2026-01-01", ...owned("r2") } },
  ];
  const { pods } = toObjects(items, "a");
  expect(pods.map(({ metadata }) => metadata?.name)).toEqual(["older", "younger"]);
});

test("of nothing, or another's Deployment, there is nothing", () => {
  expect(toObjects([], "a")).toEqual({ pods: [] });
  expect(toObjects([{ kind: "Deployment", metadata: { name: "b" } }], "a")).toEqual({ pods: [] });
});

type Status = NonNullable<NonNullable<KubernetesObject["status"]>["containerStatuses"]>[number];

const failureOf = (status: Status) =>
  findPodFailure({
    pods: [{ metadata: { name: "p" }, status: { containerStatuses: [status] } }],
  });

test.each<[string, Status, object | undefined]>([
  ["starts", { ready: false, restartCount: 0, state: { running: {} } }, undefined],
  [
    "is being created",
    { ready: false, state: { waiting: { reason: "ContainerCreating" } } },
    undefined,
  ],
  ["crashed once", { ready: false, restartCount: 1, state: { running: {} } }, undefined],
  ["crashed twice, ready now", { ready: true, restartCount: 2, state: { running: {} } }, undefined],
  [
    "crashed twice",
    { ready: false, restartCount: 2, lastState: { terminated: { exitCode: 3, reason: "Error" } } },
    { kind: "crashed", reason: "exit code 3", mayPass: false },
  ],
  [
    "is out of memory",
    {
      restartCount: 1,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    },
    { kind: "crashed", reason: "killed because it used more memory than its limit" },
  ],
  [
    "ended by itself",
    {
      restartCount: 0,
      state: {
        terminated: {
          ...{ exitCode: 0, reason: "Completed" },
          ...{ startedAt: "2026-01-01T00:00:01Z", finishedAt: "2026-01-01T00:01:05Z" },
        },
      },
    },
    { kind: "ended", reason: "after 64 s", mayPass: false },
  ],
  [
    "ended by itself, and was started again at once",
    {
      ...{ ready: true, restartCount: 1, state: { running: {} } },
      lastState: { terminated: { exitCode: 0, reason: "Completed" } },
    },
    { kind: "ended", mayPass: false },
  ],
  [
    "has no image",
    { state: { waiting: { reason: "ImagePullBackOff", message: "no such host" } } },
    { kind: "not-started", reason: "ImagePullBackOff: no such host", mayPass: true },
  ],
  [
    "has a wrong configuration",
    { state: { waiting: { reason: "CreateContainerConfigError" } } },
    { kind: "not-started", reason: "CreateContainerConfigError" },
  ],
])("judges a pod that %s", (_, status, expected) => {
  const failure = failureOf(status);
  if (expected === undefined) expect(failure).toBeUndefined();
  else expect(failure).toMatchObject({ pod: "p", ...expected });
});

test("a service that is ready again is none that ended", () => {
  const status: Status = {
    ...{ ready: true, restartCount: 1, state: { running: {} } },
    lastState: { terminated: { exitCode: 0 } },
  };
  const pod = { metadata: { name: "p" }, status: { containerStatuses: [status] } };
  const probed = { ...pod, spec: { containers: [{ readinessProbe: {} }] } };
  expect(findPodFailure({ pods: [probed] })).toBeUndefined();
  expect(findPodFailure({ pods: [pod] })).toMatchObject({ kind: "ended" });
});

test("sees pods that may not even be made", () => {
  const conditions = [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }];
  expect(findPodFailure({ deployment: deployment({ conditions }), pods: [] })).toMatchObject({
    kind: "not-started",
    reason: "exceeded quota",
    mayPass: true,
  });
});
