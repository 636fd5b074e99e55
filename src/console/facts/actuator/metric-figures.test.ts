import { describe, expect, test } from "vitest";
import type { ActuatorAnswer } from "../../model/events.ts";
import {
  figureEndpoints,
  httpBetween,
  httpRoutes,
  jvmFigures,
  latencyText,
  routeEndpoints,
  summedFigures,
  type JvmFigures,
} from "./metric-figures.ts";

type Measured = Readonly<Record<string, number>>;

function answered(
  name: string,
  values: Measured | number,
  tags: Readonly<Record<string, readonly string[]>> = {},
): readonly [string, ActuatorAnswer] {
  const all = typeof values === "number" ? { VALUE: values } : values;
  const endpoint = `metrics/${name}`;
  const body = {
    name,
    measurements: Object.entries(all).map(([statistic, value]) => ({ statistic, value })),
    availableTags: Object.entries(tags).map(([tag, of]) => ({ tag, values: of })),
  };
  return [endpoint, { endpoint, state: "answered", body }];
}

const timer = (count: number, seconds: number, max = 0) => ({
  ...{ COUNT: count, TOTAL_TIME: seconds, MAX: max },
});

test("figures of one pod", () => {
  const answers = new Map([
    answered("jvm.memory.used?tag=area:heap", 100),
    answered("jvm.memory.max?tag=area:heap", 400),
    answered("jvm.memory.used?tag=area:nonheap", 50),
    answered("jvm.gc.pause", timer(2, 0.25, 0.125)),
    answered("jvm.threads.live", 20),
    answered("jvm.threads.daemon", 16),
    answered("jvm.threads.peak", 25),
    answered("process.cpu.usage", 0.5),
    answered("hikaricp.connections", 10, { pool: ["orders", "reports"] }),
    answered("hikaricp.connections.active", 3),
    answered("hikaricp.connections.pending", 1),
    answered("hikaricp.connections.max", 20),
    answered("http.server.requests", timer(4, 0.5, 0.25)),
  ]);
  expect([...answers.keys()].every((name) => figureEndpoints.some((each) => each === name))).toBe(
    true,
  );
  expect(jvmFigures(answers)).toEqual({
    heap: { usedBytes: 100, maxBytes: 400 },
    nonHeapBytes: 50,
    gc: { count: 2, totalMs: 250, maxMs: 125 },
    threads: { live: 20, daemon: 16, peak: 25 },
    cpu: 0.5,
    connections: { pools: ["orders", "reports"], total: 10, active: 3, pending: 1, max: 20 },
    http: { count: 4, totalMs: 500, maxMs: 250 },
  });
});

test("what is not measured, not exposed or unlimited is left out", () => {
  const endpoint = "metrics/jvm.gc.pause";
  const answers = new Map<string, ActuatorAnswer>([
    answered("jvm.memory.used?tag=area:heap", 100),
    answered("jvm.memory.max?tag=area:heap", -1),
    answered("process.cpu.usage", -1),
    [endpoint, { endpoint, state: "not-exposed", body: { measurements: [] } }],
    ["metrics/jvm.threads.live", { endpoint: "", state: "answered", body: "no JSON object" }],
  ]);
  expect(jvmFigures(answers)).toEqual({ heap: { usedBytes: 100 } });
  expect(jvmFigures(new Map())).toEqual({});
});

describe("HTTP", () => {
  const all = answered("http.server.requests", timer(100, 9), {
    uri: ["/actuator/health", "/users/{id}", "/**"],
  });
  const users = "tag=uri:%2Fusers%2F%7Bid%7D";

  test("is asked for by route, without the actuator's own", () => {
    expect(routeEndpoints(all[1])).toEqual([
      ...[`metrics/http.server.requests?${users}`],
      `metrics/http.server.requests.percentile?tag=phi:0.95&${users}`,
      "metrics/http.server.requests?tag=uri:%2F**",
      "metrics/http.server.requests.percentile?tag=phi:0.95&tag=uri:%2F**",
    ]);
    expect(routeEndpoints(undefined)).toEqual([]);
  });

  test("is that of the routes, the one that took most first; percentiles are not added up", () => {
    const answers = new Map([
      all,
      answered("http.server.requests?tag=uri:%2F**", timer(2, 0.25, 0.25)),
      answered(`http.server.requests?${users}`, timer(4, 0.5, 0.125)),
      answered(`http.server.requests.percentile?tag=phi:0.95&${users}`, 0.0625, {
        status: ["200"],
      }),
    ]);
    expect(httpRoutes(answers)).toEqual([
      { uri: "/users/{id}", count: 4, totalMs: 500, maxMs: 125, p95Ms: 62.5 },
      { uri: "/**", count: 2, totalMs: 250, maxMs: 250 },
    ]);
    expect(jvmFigures(answers).http).toEqual({ count: 6, totalMs: 750, maxMs: 250 });
  });

  test("of one route alone has its percentile, unless it is several in one", () => {
    const one = (statuses: readonly string[]) =>
      jvmFigures(
        new Map([
          all,
          answered(`http.server.requests?${users}`, timer(4, 0.5, 0.125)),
          answered(`http.server.requests.percentile?tag=phi:0.95&${users}`, 0.0625, {
            status: statuses,
          }),
        ]),
      ).http?.p95Ms;
    expect(one(["200"])).toBe(62.5);
    expect(one(["200", "500"])).toBeUndefined();
  });

  test.each([
    [{ count: 0, totalMs: 0, maxMs: 0 }, "no requests yet"],
    [{ count: 4, totalMs: 50, maxMs: 41.4 }, "max 41 ms (mean 13 ms)"],
    [{ count: 4, totalMs: 5, maxMs: 0 }, "mean 1.3 ms"],
    [{ count: 4, totalMs: 50, maxMs: 41, p95Ms: 18.2 }, "p95 18 ms"],
  ])("%j says %s", (figures, text) => {
    expect(latencyText(figures)).toBe(text);
  });

  test("between two looks there is a rate and a mean, unless the pod has started anew", () => {
    const before = { count: 10, totalMs: 100, maxMs: 0 };
    const now = { count: 20, totalMs: 150, maxMs: 0 };
    expect(httpBetween(before, now, 5_000)).toEqual({ perSecond: 2, meanMs: 5 });
    expect(httpBetween(now, before, 5_000)).toBeUndefined();
    expect(httpBetween(now, now, 5_000)).toBeUndefined();
  });
});

test("figures of several pods are sums, and the worst of what cannot be added up", () => {
  const http = { count: 4, totalMs: 40, maxMs: 20, p95Ms: 18 };
  const one: JvmFigures = {
    heap: { usedBytes: 100, maxBytes: 400 },
    nonHeapBytes: 10,
    cpu: 0.5,
    gc: { count: 1, totalMs: 10, maxMs: 10 },
    threads: { live: 20, peak: 25 },
    connections: { pools: ["a"], total: 10, active: 3, pending: 1, max: 10 },
    http,
  };
  expect(summedFigures([one, { ...one, cpu: 0.25, http: { ...http, p95Ms: 30 } }])).toEqual({
    heap: { usedBytes: 200, maxBytes: 800 },
    nonHeapBytes: 20,
    cpu: 0.5,
    gc: { count: 2, totalMs: 20, maxMs: 10 },
    threads: { live: 40 },
    connections: { pools: ["a"], total: 20, active: 6, pending: 2, max: 20 },
    http: { count: 8, totalMs: 80, maxMs: 20, p95Ms: 30 },
  });
  const unlimited = { heap: { usedBytes: 1 }, http: { count: 1, totalMs: 1, maxMs: 1 } };
  expect(summedFigures([one, unlimited])).toMatchObject({ heap: { usedBytes: 101 } });
  expect(summedFigures([one, unlimited]).heap).not.toHaveProperty("maxBytes");
  expect(summedFigures([one, unlimited]).http).not.toHaveProperty("p95Ms");
  expect(summedFigures([])).toEqual({});
});
