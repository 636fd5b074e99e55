import { expect, test } from "vitest";
import type { EventRow, PodRow, WorkloadRow } from "../model/rows.ts";
import { cellStateOf, rolloutPicture } from "./rollout-picture.ts";

const base = (name: string) => ({ uid: name, name, namespace: "dev", createdAt: "" });

const deployment = (more: Partial<WorkloadRow> = {}): WorkloadRow => ({
  ...{ kind: "Deployment", ...base("shop"), wanted: 3, ready: 3, updated: 3, available: 3 },
  ...{ images: [], rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  ...more,
});

const set = (revision: number, owner = "shop"): WorkloadRow => ({
  ...deployment({ kind: "ReplicaSet", ...base(`shop-${revision}`), revision }),
  ...{ version: `v${revision}`, owner: { kind: "Deployment", name: owner, uid: owner } },
});

const pod = (name: string, revision: number, more: Partial<PodRow> = {}): PodRow => ({
  ...{ kind: "Pod", ...base(name), status: "Running", isReady: true, restarts: 0 },
  ...{ containers: [], isTerminating: false, node: "worker" },
  owner: { kind: "ReplicaSet", name: `shop-${revision}`, uid: `shop-${revision}` },
  ...more,
});

const drawn = (
  pods: readonly PodRow[],
  more: Partial<WorkloadRow> = {},
  events: readonly EventRow[] = [],
) => {
  const replicaSets = [set(1), set(3), set(2), set(9, "other")];
  const picture = rolloutPicture(deployment(more), { replicaSets, pods, events });
  const rows = picture.versions.map(
    ({ version, isNew, cells }) =>
      `${isNew ? "new" : "old"} ${version ?? ""}: ${cells.map(({ state }) => state).join(" ")}`,
  );
  return { ...picture, rows };
};

test("a roll-out is a row of each version that has pods, the newest first", () => {
  const picture = drawn([
    ...[pod("a", 2), pod("b", 2), pod("c", 2, { isTerminating: true })],
    ...[pod("d", 3), pod("e", 3, { isReady: false })],
  ]);
  expect(picture.rows).toEqual([
    "new v3: ready starting to-come",
    "old v2: ready ready terminating",
  ]);
  expect(picture).toMatchObject({
    ...{ state: "rolling", wanted: 3, ready: 3, limits: { most: 4, least: 3 } },
    reason: "1 of 3 new pods are ready",
  });
});

test("one that is complete has nothing to wait for, also where old pods are still ending", () => {
  const pods = ["d", "e", "f"].map((name) => pod(name, 3));
  const picture = drawn([...pods, pod("a", 2, { isTerminating: true })]);
  expect(picture.state).toBe("complete");
  expect(picture.reason).toBeUndefined();
  expect(drawn([...pods, pod("a", 2)])).toMatchObject({
    ...{ state: "rolling", reason: "1 old pod has to go" },
  });
});

test("one to nothing is complete", () => {
  expect(drawn([], { wanted: 0 })).toMatchObject({ state: "complete", rows: ["new v3: "] });
});

test("one that is held up says by what: the Deployment, else its worst pod", () => {
  const failing = pod("d", 3, {
    ...{ isReady: false, status: "ImagePullBackOff", why: "ImagePullBackOff: none" },
  });
  const starting = pod("c", 3, { isReady: false, why: "readiness" });
  expect(drawn([starting, failing])).toMatchObject({
    ...{ state: "stuck", reason: "d: ImagePullBackOff: none" },
  });
  expect(drawn([starting])).toMatchObject({ state: "rolling", reason: "c: readiness" });
  expect(drawn([], { why: "ProgressDeadlineExceeded" })).toMatchObject({
    ...{ state: "stuck", reason: "ProgressDeadlineExceeded" },
  });
});

test("before its first ReplicaSet it has no rows", () => {
  const picture = rolloutPicture(deployment(), { replicaSets: [], pods: [], events: [] });
  expect(picture).toMatchObject({ state: "rolling", versions: [] });
});

test("one that is no rolling update has no limits", () => {
  const { rollingUpdate: _, ...recreate } = deployment();
  const rows = { replicaSets: [set(1)], pods: [], events: [] };
  expect(rolloutPicture(recreate, rows)).not.toHaveProperty("limits");
});

test.each([
  [{ status: "Pending" }, "pending"],
  [{ status: "ContainerCreating", node: "a" }, "pulling"],
  [{ status: "Init:0/2", node: "a" }, "pulling"],
  [{ status: "Running", node: "a" }, "starting"],
  [{ status: "CrashLoopBackOff", node: "a" }, "failing"],
  [{ status: "Init:ErrImagePull", node: "a" }, "failing"],
  [{ status: "Terminating", node: "a", isTerminating: true }, "terminating"],
] as const)("%j is %s", (more, state) => {
  const { node: _, ...without } = pod("a", 1, { isReady: false });
  expect(cellStateOf({ ...without, ...more })).toBe(state);
});
