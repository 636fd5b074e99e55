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

/** What the actuator of a pod answers: one component down, a deadlock, a slow request. */
export function anActuator(pod: string): readonly ConsoleEvent[] {
  const MiB = 1024 ** 2;
  const value = (number: number) => ({ measurements: [{ statistic: "VALUE", value: number }] });
  const timer = (count: number, total: number, max: number) => ({
    measurements: [
      { statistic: "COUNT", value: count },
      { statistic: "TOTAL_TIME", value: total },
      { statistic: "MAX", value: max },
    ],
  });
  const uris = [
    { tag: "uri", values: ["/orders", "/orders/{id}", "/actuator/health"] },
    { tag: "method", values: ["GET", "POST"] },
  ];
  const heap = "metrics/jvm.memory.used?tag=area:heap";
  const frame = (className: string, methodName: string, lineNumber: number) => ({
    ...{ className, methodName, lineNumber, fileName: `${className.split(".").at(-1) ?? ""}.java` },
  });
  const thread = (threadId: number, threadName: string, threadState: string, more = {}) => ({
    ...{ threadId, threadName, threadState, lockOwnerId: -1, daemon: true },
    stackTrace: [
      frame("jdk.internal.misc.Unsafe", "park", -2),
      frame("com.acme.orders.Stock", "reserve", 42),
    ],
    ...more,
  });
  const locked = (owner: number, name: string) => ({
    ...{ lockName: "com.acme.orders.Stock@1f", lockOwnerId: owner, lockOwnerName: name },
  });
  const handler = (methods: readonly string[], pattern: string, name: string) => ({
    details: {
      handlerMethod: { className: "com.acme.orders.OrderController", name },
      requestMappingConditions: { methods, patterns: [pattern] },
    },
  });
  const step = (id: number, parentId: number | undefined, name: string, duration: string) => ({
    startupStep: { id, parentId, name, tags: [{ key: "beanName", value: `bean${id}` }] },
    startTime: `2026-11-29T17:30:0${id}Z`,
    duration,
  });
  const bodies: readonly (readonly [string, unknown])[] = [
    [
      "health",
      {
        status: "DOWN",
        components: {
          brokers: {
            status: "DOWN",
            components: {
              orders: { status: "DOWN", details: { error: "Connection refused: kafka:9092" } },
            },
          },
          db: { status: "UP", details: { database: "PostgreSQL", validationQuery: "isValid()" } },
          diskSpace: { status: "UP", details: { free: 51_234_567_890, exists: true } },
          ping: { status: "UP" },
        },
      },
    ],
    ...[120, 150, 180, 96, 120, 160, 182].map((used) => [heap, value(used * MiB)] as const),
    ["metrics/jvm.memory.max?tag=area:heap", value(512 * MiB)],
    ["metrics/jvm.memory.used?tag=area:nonheap", value(96 * MiB)],
    ["metrics/jvm.gc.pause", timer(41, 0.312, 0.018)],
    ...[30, 31, 32, 32].map((live) => ["metrics/jvm.threads.live", value(live)] as const),
    ["metrics/jvm.threads.daemon", value(28)],
    ["metrics/jvm.threads.peak", value(40)],
    ...[0.02, 0.3, 0.12].map((cpu) => ["metrics/process.cpu.usage", value(cpu)] as const),
    [
      "metrics/hikaricp.connections",
      { ...value(10), availableTags: [{ tag: "pool", values: ["HikariPool-1"] }] },
    ],
    ["metrics/hikaricp.connections.active", value(7)],
    ["metrics/hikaricp.connections.pending", value(2)],
    ["metrics/hikaricp.connections.max", value(10)],
    ["metrics/http.server.requests", { ...timer(1204, 8.4, 0.41), availableTags: uris }],
    ["metrics/http.server.requests?tag=uri:%2Forders", timer(1100, 6.1, 0.41)],
    ["metrics/http.server.requests?tag=uri:%2Forders%2F%7Bid%7D", timer(104, 2.3, 0.09)],
    [
      "loggers",
      {
        levels: ["OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"],
        loggers: {
          ROOT: { configuredLevel: "INFO", effectiveLevel: "INFO" },
          com: { effectiveLevel: "INFO" },
          "com.acme.orders": { effectiveLevel: "INFO" },
          "org.hibernate.SQL": { configuredLevel: "DEBUG", effectiveLevel: "DEBUG" },
          "org.springframework.web": { effectiveLevel: "INFO" },
        },
      },
    ],
    [
      "threaddump",
      {
        threads: [
          thread(1, "main", "TIMED_WAITING", { daemon: false }),
          thread(21, "http-nio-8080-exec-1", "RUNNABLE"),
          thread(22, "http-nio-8080-exec-2", "BLOCKED", locked(23, "scheduling-1")),
          thread(23, "scheduling-1", "BLOCKED", locked(22, "http-nio-8080-exec-2")),
          thread(24, "HikariPool-1 housekeeper", "TIMED_WAITING"),
        ],
      },
    ],
    [
      "mappings",
      {
        contexts: {
          orders: {
            mappings: {
              dispatcherServlets: {
                dispatcherServlet: [
                  handler(["GET"], "/orders", "list"),
                  handler(["POST"], "/orders", "create"),
                  handler(["GET"], "/orders/{id}", "find"),
                ],
              },
            },
          },
        },
      },
    ],
    [
      "env",
      {
        propertySources: [
          {
            name: "systemEnvironment",
            properties: { SERVER_PORT: { value: "******", origin: "System Environment Property" } },
          },
          {
            name: "application.yaml",
            properties: {
              "spring.application.name": {
                value: "orders",
                origin: "class path resource [application.yaml] - 3:11",
              },
            },
          },
        ],
      },
    ],
    [
      "startup",
      {
        timeline: {
          events: [
            step(1, undefined, "spring.context.refresh", "PT2.5S"),
            step(2, 1, "spring.beans.instantiate", "PT1.25S"),
            step(3, 1, "spring.beans.instantiate", "PT0.4S"),
          ],
        },
      },
    ],
  ];
  return bodies.map(([endpoint, body]) => ({
    type: "actuator" as const,
    pod,
    answer: { endpoint, state: "answered" as const, body },
    atMs: nowMs,
  }));
}
