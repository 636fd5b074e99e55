import { commands } from "../../../src/console/commands/commands.ts";
import type { ConsoleEvent } from "../../../src/console/model/events.ts";
import type { Key } from "../../../src/console/model/key.ts";
import type { EventRow, NodeRow, PodRow, WorkloadRow } from "../../../src/console/model/rows.ts";
import { createKeyDecoder } from "../../../src/console/keys/key-decoder.ts";
import { initialState, type ConsoleState } from "../../../src/console/state/console-state.ts";
import { reduce } from "../../../src/console/state/reduce.ts";

/** When everything below is looked at. */
export const nowMs = Date.parse("2026-11-29T18:00:00.000Z");

const minutesAgo = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();

export function aPod(given: Partial<PodRow> & { readonly name: string }): PodRow {
  const isReady = given.isReady ?? true;
  return {
    kind: "Pod",
    uid: `pod-${given.name}`,
    namespace: "default",
    createdAt: minutesAgo(30),
    status: "Running",
    isReady,
    restarts: 0,
    isTerminating: false,
    node: "shop-worker",
    containers: [
      {
        name: "application",
        image: "airfield.internal/orders:7f3a",
        isReady,
        restarts: given.restarts ?? 0,
        isInit: false,
        state: isReady ? "running" : "waiting: CrashLoopBackOff",
        ports: [{ name: "http", port: 8080 }],
        memoryLimitBytes: 512 * 1024 ** 2,
      },
    ],
    ...given,
  };
}

export function aDeployment(given: Partial<WorkloadRow> & { readonly name: string }): WorkloadRow {
  return {
    kind: "Deployment",
    uid: `deployment-${given.name}`,
    namespace: "default",
    createdAt: minutesAgo(30),
    wanted: 1,
    ready: 1,
    updated: 1,
    available: 1,
    images: [`airfield.internal/${given.name}:7f3a`],
    version: "7f3a",
    revision: 2,
    ...given,
  };
}

export function aNode(given: Partial<NodeRow> & { readonly name: string }): NodeRow {
  return {
    kind: "Node",
    uid: `node-${given.name}`,
    namespace: "",
    createdAt: minutesAgo(60),
    isReady: true,
    roles: ["worker"],
    isCordoned: false,
    version: "v1.34.4",
    cpuCores: 8,
    memoryBytes: 16 * 1024 ** 3,
    ...given,
  };
}

function anEvent(given: Partial<EventRow> & { readonly name: string }): EventRow {
  return {
    kind: "Event",
    uid: `event-${given.name}`,
    namespace: "default",
    createdAt: minutesAgo(5),
    type: "Normal",
    reason: "Started",
    message: "Started container application",
    count: 1,
    lastAt: minutesAgo(5),
    about: { kind: "Pod", name: "orders-7f3a-aaaaa", uid: "pod-orders-7f3a-aaaaa" },
    ...given,
  };
}

const orders = ["aaaaa", "bbbbb", "ccccc"].map((end, index) =>
  aPod({
    name: `orders-7f3a-${end}`,
    application: "orders",
    node: ["shop-worker", "shop-worker2", "shop-worker"][index] ?? "",
    owner: { kind: "ReplicaSet", name: "orders-7f3a", uid: "replicaset-orders" },
  }),
);

const payments = [
  aPod({ name: "payments-91bc-ddddd", application: "payments", node: "shop-worker2" }),
  aPod({
    name: "payments-91bc-eeeee",
    application: "payments",
    status: "CrashLoopBackOff",
    isReady: false,
    restarts: 4,
    why: "OOMKilled (137), limit 512 MiB, 4 restarts",
  }),
];

/** A cluster with three nodes in two zones, one application that is well and one that is not. */
export const shopEvents: readonly ConsoleEvent[] = [
  { type: "tick", atMs: nowMs },
  {
    type: "clusters",
    clusters: [
      {
        name: "shop",
        state: "running",
        nodes: [
          { name: "shop-control-plane", role: "control-plane", state: "running" },
          { name: "shop-worker", role: "worker", state: "running" },
          { name: "shop-worker2", role: "worker", state: "running" },
          { name: "shop-worker3", role: "worker", state: "paused" },
        ],
        image: "airfield-node:v1.34.4",
        createdAt: minutesAgo(60),
        published: [
          { namespace: "default", service: "orders", url: "http://127.0.0.1:8080" },
          { namespace: "default", service: "payments", url: "http://127.0.0.1:8081" },
        ],
      },
    ],
  },
  { type: "cluster-entered", cluster: "shop" },
  {
    type: "rows",
    kind: "Node",
    atMs: nowMs,
    rows: [
      aNode({ name: "shop-control-plane", roles: ["control-plane"] }),
      aNode({ name: "shop-worker", zone: "zone-a" }),
      aNode({ name: "shop-worker2", zone: "zone-b" }),
      aNode({ name: "shop-worker3", zone: "zone-b", isReady: false, why: "no heartbeat for 40 s" }),
    ],
  },
  {
    type: "rows",
    kind: "Pod",
    atMs: nowMs,
    rows: [
      ...orders,
      ...payments,
      aPod({ name: "coredns-948b-fffff", namespace: "kube-system", node: "shop-control-plane" }),
    ],
  },
  {
    type: "rows",
    kind: "Deployment",
    atMs: nowMs,
    rows: [
      aDeployment({
        name: "orders",
        application: "orders",
        wanted: 3,
        ready: 3,
        updated: 3,
        available: 3,
      }),
      aDeployment({
        name: "payments",
        application: "payments",
        version: "91bc",
        wanted: 2,
        ready: 1,
        updated: 2,
      }),
      aDeployment({ name: "coredns", namespace: "kube-system", version: "v1.12.1" }),
    ],
  },
  {
    type: "rows",
    kind: "Event",
    atMs: nowMs,
    rows: [
      anEvent({ name: "one" }),
      anEvent({
        name: "two",
        type: "Warning",
        reason: "BackOff",
        message: "Back-off restarting failed container application in pod payments-91bc-eeeee",
        count: 4,
        lastAt: minutesAgo(1),
        about: { kind: "Pod", name: "payments-91bc-eeeee", uid: "pod-payments-91bc-eeeee" },
      }),
    ],
  },
  ...(["Pod", "Node", "Deployment", "Event"] as const).map((kind) => ({
    type: "feed" as const,
    kind,
    state: "live" as const,
    atMs: nowMs,
  })),
  ...[12, 14, 13, 40, undefined, undefined, 15, 12].map((ms, index) => ({
    type: "answer" as const,
    application: "payments",
    atMs: nowMs - 2000 + index * 250,
    ...(ms === undefined ? {} : { ms, status: 200 }),
  })),
];

export function fold(state: ConsoleState, ...events: readonly ConsoleEvent[]): ConsoleState {
  return events.reduce((now, event) => reduce(now, event, commands), state);
}

/** The shop as the terminal UI shows it at first. */
export function aShop(size = { columns: 120, rows: 40 }): ConsoleState {
  return fold(initialState(size), ...shopEvents);
}

/** Keys as a terminal sends them: "jj\r" are three. */
export function press(state: ConsoleState, bytes: string): ConsoleState {
  const decoder = createKeyDecoder();
  const keys: readonly Key[] = [...decoder.push(Buffer.from(bytes)), ...decoder.flush()];
  return fold(state, ...keys.map((key) => ({ type: "key" as const, key, atMs: nowMs })));
}
