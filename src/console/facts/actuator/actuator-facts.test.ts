import { describe, expect, test } from "vitest";
import {
  configurationOf,
  loggersOf,
  mappingsOf,
  propertiesOf,
  startupSteps,
} from "./application-facts.ts";
import { healthOf } from "./health-tree.ts";
import { threadGroups } from "./thread-dump.ts";

/** An application may answer anything. */
const nonsense: readonly unknown[] = [undefined, null, "text", 1, [], {}, { contexts: [1] }];

describe("health", () => {
  const body = {
    status: "DOWN",
    components: {
      db: { status: "UP", details: { database: "PostgreSQL", pool: { size: 1 } } },
      brokers: {
        status: "DOWN",
        components: {
          orders: { status: "DOWN", details: { error: "no broker" } },
          stock: { status: "UP" },
        },
      },
      disk: { status: "OUT_OF_SERVICE" },
      cache: { status: "UNKNOWN" },
    },
  };

  test("is a tree, and names what has failed where it has", () => {
    const health = healthOf(body);
    expect(health.parts.map(({ name, status }) => `${name} ${status}`)).toEqual([
      ...["db UP", "brokers DOWN", "disk OUT_OF_SERVICE", "cache UNKNOWN"],
    ]);
    expect(health.parts[0]?.details).toBe('database: PostgreSQL, pool: {"size":1}');
    expect(health.failed).toEqual([
      { path: "brokers/orders", status: "DOWN", details: "error: no broker" },
      { path: "disk", status: "OUT_OF_SERVICE", details: "" },
    ]);
    expect(health.isWithoutParts).toBe(false);
  });

  test("that shows no parts says so", () => {
    expect(healthOf({ status: "DOWN" })).toMatchObject({ isWithoutParts: true, failed: [] });
    expect(nonsense.map((each) => healthOf(each).status)).toEqual(nonsense.map(() => "UNKNOWN"));
  });
});

describe("a thread dump", () => {
  const thread = (threadId: number, threadState: string, lockOwnerId = -1) => ({
    ...{ threadName: `t${threadId}`, threadId, threadState, lockOwnerId },
    ...(lockOwnerId > 0 ? { lockName: "a.Lock@1f", lockOwnerName: `t${lockOwnerId}` } : {}),
  });

  test("has those first that wait for each other, then what is blocked, what runs, what rests", () => {
    const threads = [
      ...[thread(1, "TIMED_WAITING"), thread(2, "RUNNABLE"), thread(3, "BLOCKED", 4)],
      ...[thread(4, "BLOCKED", 3), thread(5, "BLOCKED", 3), thread(6, "WAITING")],
    ];
    const groups = threadGroups({ threads });
    expect(groups.map((each) => [each.state, each.threads.map(({ id }) => id)])).toEqual([
      ...[["deadlocked", [3, 4]] as const, ["BLOCKED", [5]] as const, ["RUNNABLE", [2]] as const],
      ...[["WAITING", [6]] as const, ["TIMED_WAITING", [1]] as const],
    ]);
    expect(groups[0]?.threads[0]?.waitsFor).toBe("waits for a.Lock@1f of t4");
  });

  test("has frames as Java prints them", () => {
    const frame = { className: "a.B", methodName: "c" };
    const stackTrace = [
      { ...frame, fileName: "B.java", lineNumber: 3 },
      { ...frame, fileName: "B.java", lineNumber: -2, nativeMethod: true },
      frame,
    ];
    const [group] = threadGroups({ threads: [{ ...thread(1, "RUNNABLE"), stackTrace }] });
    expect(group?.threads[0]?.frames).toEqual([
      ...["a.B.c(B.java:3)", "a.B.c(Native Method)", "a.B.c(Unknown Source)"],
    ]);
    expect(nonsense.map((each) => threadGroups(each))).toEqual(nonsense.map(() => []));
  });
});

describe("mappings", () => {
  const mapping = (patterns: readonly string[], methods: readonly string[]) => ({
    handler: "x",
    details: {
      handlerMethod: { className: "a.Shop", name: "find" },
      requestMappingConditions: { methods, patterns },
    },
  });
  const all = [
    ...[mapping(["/users/{id}"], ["GET"]), mapping(["/users"], ["POST", "GET"])],
    ...[mapping(["/any"], []), { handler: "resources", details: null }],
  ];

  test.each([
    ["Spring MVC", { dispatcherServlets: { dispatcherServlet: all } }],
    ["WebFlux", { dispatcherHandlers: { webHandler: all } }],
  ])("of %s: which a browser can open as they are", (_, mappings) => {
    const shown = mappingsOf({ contexts: { shop: { mappings } } }).map(
      ({ methods, pattern, handler, isOpenable }) =>
        `${methods} ${pattern} ${handler} ${String(isOpenable)}`,
    );
    expect(shown).toEqual([
      "any /any a.Shop#find true",
      "POST, GET /users a.Shop#find true",
      "GET /users/{id} a.Shop#find false",
    ]);
  });

  test("of anything else are none", () => {
    expect(nonsense.map((each) => mappingsOf(each))).toEqual(nonsense.map(() => []));
  });
});

describe("properties", () => {
  test("of the environment are those in force, with their origins", () => {
    const propertySources = [
      { name: "systemEnvironment", properties: { "server.port": { value: "81", origin: "env" } } },
      {
        name: "application.yaml",
        properties: { "server.port": { value: 80 }, "a.b": { value: true } },
      },
    ];
    expect(propertiesOf({ propertySources })).toEqual([
      { name: "a.b", value: "true", origin: "application.yaml", hidden: 0 },
      { name: "server.port", value: "81", origin: "env", hidden: 1 },
    ]);
    expect(nonsense.map((each) => propertiesOf(each))).toEqual(nonsense.map(() => []));
  });

  test("of beans are flat, with the origins of what was set", () => {
    const bean = {
      prefix: "server",
      properties: { port: 81, ssl: { enabled: false, ciphers: ["a", "b"] }, none: {}, no: null },
      inputs: { port: { value: 81, origin: "env" }, ssl: { ciphers: [{}, { origin: "file" }] } },
    };
    expect(configurationOf({ contexts: { shop: { beans: { x: bean } } } })).toEqual([
      { name: "server.port", value: "81", origin: "env", hidden: 0 },
      { name: "server.ssl.ciphers[0]", value: "a", origin: "", hidden: 0 },
      { name: "server.ssl.ciphers[1]", value: "b", origin: "file", hidden: 0 },
      { name: "server.ssl.enabled", value: "false", origin: "", hidden: 0 },
    ]);
    expect(nonsense.map((each) => configurationOf(each))).toEqual(nonsense.map(() => []));
  });
});

test("loggers say whether their level is their own", () => {
  const loggers = {
    ROOT: { configuredLevel: "INFO", effectiveLevel: "INFO" },
    dev: { effectiveLevel: "INFO" },
  };
  expect(loggersOf({ loggers })).toEqual([
    { name: "ROOT", configured: "INFO", effective: "INFO" },
    { name: "dev", effective: "INFO" },
  ]);
});

test("steps of the start are in their order, each below the one it is a part of", () => {
  const step = (id: number, startTime: string, duration: unknown, parentId?: number) => ({
    ...{ startTime, duration },
    startupStep: { id, name: `s${id}`, parentId, tags: [{ key: "bean", value: `b${id}` }] },
  });
  const events = [
    ...[step(2, "2026-01-01T00:00:02Z", "PT0.5S", 1), step(1, "2026-01-01T00:00:01Z", "PT1M2S", 0)],
    ...[step(3, "2026-01-01T00:00:04Z", 1.5, 1), step(0, "2026-01-01T00:00:00Z", "PT1H")],
    step(9, "2026-01-01T00:00:09Z", "nonsense", 77),
  ];
  const steps = startupSteps({ timeline: { events } });
  expect(steps.map(({ depth, name, ms, ownMs }) => [depth, name, ms, ownMs])).toEqual([
    ...[
      [0, "s0", 3_600_000, 3_538_000],
      [1, "s1", 62_000, 60_000],
      [2, "s2", 500, 500],
    ],
    ...[
      [2, "s3", 1_500, 1_500],
      [0, "s9", 0, 0],
    ],
  ]);
  expect(steps[1]?.tags).toBe("bean=b1");
  expect(nonsense.map((each) => startupSteps(each))).toEqual(nonsense.map(() => []));
});
