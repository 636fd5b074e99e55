import { expect, test } from "vitest";
import type { EventRow, NodeRow, PodRow, WorkloadRow } from "../model/rows.ts";
import { rankedFindings, type FindingRows } from "./findings.ts";

const base = (name: string, namespace = "dev") => ({
  ...{ uid: name, name, namespace, createdAt: "" },
});
const MIB = 1024 ** 2;

const pod = (name: string, more: Partial<PodRow> = {}): PodRow => ({
  ...{ kind: "Pod", ...base(name), status: "Running", isReady: false, restarts: 0 },
  ...{ containers: [], isTerminating: false, node: "worker" },
  owner: { kind: "ReplicaSet", name: "shop-5d9c7b", uid: "set" },
  ...more,
});

const node = (more: Partial<NodeRow> = {}): NodeRow => ({
  ...{ kind: "Node", ...base("worker", ""), isReady: true, roles: [], isCordoned: false },
  ...{ version: "", cpuCores: 1, memoryBytes: 1, ...more },
});

const event = (kind: string, uid: string, more: Partial<EventRow> = {}): EventRow => ({
  ...{ kind: "Event", ...base(`event-${uid}`), type: "Warning", reason: "Bad", message: "news" },
  ...{ count: 1, lastAt: "2026-01-01T00:00:00Z", about: { kind, name: uid, uid } },
  ...more,
});

const found = (rows: Partial<FindingRows>) =>
  rankedFindings({
    ...{ cluster: "c", nowMs: Date.parse("2026-01-01T00:05:00Z"), nodeStates: new Map() },
    ...{ nodes: [], pods: [], workloads: [], claims: [], events: [] },
    ...rows,
  });

test("where all is well nothing is found", () => {
  expect(found({ nodes: [node()], pods: [pod("a", { isReady: true })] })).toEqual([]);
});

test("what does not work comes before what may come right, and that before what is worth to know", () => {
  const findings = found({
    nodes: [node({ isCordoned: true })],
    pods: [
      pod("starting", { why: "readiness probe: answers 503" }),
      pod("dead", { status: "CrashLoopBackOff", why: "exit code 1, 4 restarts" }),
    ],
  });
  expect(findings.map(({ severity, about }) => `${severity} ${about.name}`)).toEqual([
    ...["bad dead", "warn starting", "note worker"],
  ]);
});

test.each([
  ["paused", { isReady: false }, "is paused", "docker unpause worker"],
  ["exited", { isReady: false }, "is stopped", "docker start worker"],
  [
    "running",
    { isReady: false, why: "PLEG" },
    "is not ready: PLEG",
    "docker exec worker journalctl --unit kubelet --lines 50 --no-pager",
  ],
  [
    "running",
    { isCordoned: true },
    "takes no new pods (cordoned)",
    "kubectl --context airfield-c uncordon worker",
  ],
])("a node whose container is %s, %j", (state, more, text, command) => {
  const nodeStates = new Map([["worker", state]]);
  expect(found({ nodes: [node(more)], nodeStates })).toMatchObject([{ text, command }]);
});

const container = {
  ...{ name: "app", image: "shop:1", isReady: false, restarts: 1, isInit: false, ports: [] },
  state: "waiting: ImagePullBackOff",
};
const at = "kubectl --context airfield-c -n dev";
test.each([
  [
    "OOMKilled (137), limit 512 MiB",
    {
      containers: [{ ...container, state: "ended: OOMKilled (137)", memoryLimitBytes: 512 * MIB }],
    },
    `${at} set resources deployment/shop --containers=app --limits=memory=1024Mi`,
  ],
  ["OOMKilled (137), no limit of its own", {}, "kubectl --context airfield-c describe node worker"],
  ["ImagePullBackOff: none", { containers: [container] }, "airfield load image shop:1 --name c"],
  [
    'CreateContainerConfigError: secret "db" not found',
    {},
    `${at} create secret generic db --from-literal=KEY=VALUE`,
  ],
  [
    'CreateContainerConfigError: configmap "db" not found',
    {},
    `${at} create configmap db --from-literal=KEY=VALUE`,
  ],
  [
    "not scheduled: 0/1 nodes are available: 1 Insufficient cpu.",
    {},
    "kubectl --context airfield-c describe nodes",
  ],
  ["not scheduled: 1 node(s) were unschedulable", {}, `${at} describe pod a`],
  ["FailedMount: no volume", {}, `${at} describe pod a`],
  ["readiness probe: answers 503", { application: "shop" }, "airfield logs shop --name c"],
  ["exit code 1, 4 restarts", {}, `${at} logs a --all-containers --previous`],
  ["exit code 1", { application: "shop" }, "airfield logs shop --name c --previous"],
  ["something else", {}, `${at} describe pod a`],
])("a pod that is unwell by %j has a command", (why, more, command) => {
  expect(found({ pods: [pod("a", { why, ...more })] })).toMatchObject([{ text: why, command }]);
});

test("a pod that finds only cordoned nodes names one to be let go", () => {
  const why = "not scheduled: 1 node(s) were unschedulable";
  const findings = found({ nodes: [node({ isCordoned: true })], pods: [pod("a", { why })] });
  expect(findings[0]).toMatchObject({
    ...{ severity: "bad", command: "kubectl --context airfield-c uncordon worker" },
  });
});

test("pods of one owner that fail alike are one finding", () => {
  const status = "CrashLoopBackOff";
  const pods = [3, 4, 5].map((n) => pod(`a${n}`, { status, why: `exit code 1, ${n} restarts` }));
  const { owner: _, ...alone } = pod("b", { status, why: "exit code 1, 9 restarts" });
  expect(found({ pods: [...pods, alone] }).map(({ text }) => text)).toEqual([
    ...["exit code 1, 3 restarts (and 2 more of its pods)", "exit code 1, 9 restarts"],
  ]);
});

test("a pod that is well but was restarted often, and one that ends, are told apart", () => {
  const pods = [
    pod("often", { isReady: true, restarts: 3 }),
    pod("twice", { isReady: true, restarts: 2 }),
    pod("going", { isTerminating: true, why: "exit code 1" }),
  ];
  expect(found({ pods }).map(({ text }) => text)).toEqual(["was restarted 3 times"]);
});

test("a roll-out that is stuck can be undone; a Job has its log", () => {
  const workload = (kind: WorkloadRow["kind"]): WorkloadRow => ({
    ...{ kind, ...base("shop"), wanted: 1, ready: 0, updated: 0, available: 0, images: [] },
    why: "held up",
  });
  const workloads = [workload("Deployment"), workload("ReplicaSet"), workload("Job")];
  expect(found({ workloads }).map(({ command }) => command)).toEqual([
    `${at} rollout undo deployment/shop`,
    `${at} logs job/shop`,
  ]);
  expect(found({ workloads: [{ ...workload("Deployment"), ready: 1 }] })).toEqual([]);
});

test("a claim without a volume says why; one that waits for its first pod is fine", () => {
  const claim = (status: string) => ({
    ...{ kind: "PersistentVolumeClaim" as const, ...base("data"), status },
    ...{ capacity: "", storageClass: "fast" },
  });
  const events = [event("PersistentVolumeClaim", "data")];
  expect(found({ claims: [claim("Pending")], events })).toMatchObject([
    { text: "Bad: news", command: "kubectl --context airfield-c get storageclasses" },
  ]);
  expect(found({ claims: [claim("Pending")] })).toEqual([]);
  expect(found({ claims: [claim("Bound")] })).toEqual([]);
  expect(found({ claims: [claim("Lost")] })).toMatchObject([{ text: "has lost its volume" }]);
});

test("fresh warnings about other objects are told, old ones and those of pods are not", () => {
  const events = [
    event("Ingress", "web"),
    event("Ingress", "old", { lastAt: "2025-12-31T23:00:00Z" }),
    event("Pod", "a"),
    event("Ingress", "fine", { type: "Normal" }),
  ];
  expect(found({ events })).toMatchObject([
    { severity: "warn", about: { name: "web" }, command: `${at} describe ingress web` },
  ]);
});
