import { expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { Actuator } from "./actuator.ts";

const pod = { name: "shop-1", namespace: "default" };
const http = { name: "http", containerPort: 8080 };
const management = { name: "management", containerPort: 9000 };

function anApplication({
  ports = [http],
  readinessProbe = {},
}: { readonly ports?: readonly object[]; readonly readinessProbe?: object } = {}) {
  const api = new FakeClusterApi();
  api.put({
    kind: "Pod",
    metadata: { name: pod.name },
    spec: { containers: [{ ports, readinessProbe }] as never },
  });
  const events: ConsoleEvent[] = [];
  const actuator = new Actuator({
    api,
    clock: new HeldClock(),
    emit: (event) => events.push(event),
  });
  const { signal } = new AbortController();
  const requests = () => api.calls.filter((call) => call.startsWith("request"));
  return { api, actuator, events, signal, requests };
}

test("tells what an endpoint answers, without control bytes", async () => {
  const { api, actuator, events, signal } = anApplication();
  api.onRequest = () => ({ status: 200, body: '{"status":"UP\\u001b[2J"}' });
  const answer = { endpoint: "health", state: "answered", body: { status: "UP" } };
  expect(await actuator.ask(pod, "health", signal)).toEqual(answer);
  expect(events).toEqual([{ type: "actuator", pod: "default/shop-1", answer, atMs: 0 }]);
});

test.each([
  [
    "where its probes ask",
    { readinessProbe: { httpGet: { path: "/shop/actuator/health/readiness", port: "http" } } },
    "8080 GET /shop/actuator/info",
  ],
  [
    "at another base path",
    { readinessProbe: { httpGet: { path: "/manage/health", port: 9001 } } },
    "9001 GET /manage/info",
  ],
  ["at its port for management", { ports: [http, management] }, "9000 GET /actuator/info"],
  [
    "at the port for HTTP, where probes ask for something else",
    { readinessProbe: { httpGet: { path: "/livez", port: "http" } } },
    "8080 GET /actuator/info",
  ],
])("the actuator is found %s", async (_, application, expected) => {
  const { actuator, signal, requests, api } = anApplication(application);
  await actuator.ask(pod, "info", signal);
  await actuator.ask(pod, "info", signal);
  expect(requests()).toEqual(Array.from({ length: 2 }, () => `request shop-1:${expected}`));
  // It is looked for once.
  expect(api.calls.filter((call) => call === "get Pod/shop-1")).toHaveLength(1);
});

test.each([
  [
    404,
    "threaddump",
    {
      state: "not-exposed",
      remedy: expect.stringContaining(
        'MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: "health,threaddump"',
      ),
    },
  ],
  [
    404,
    "metrics/jvm.memory.used?tag=area:heap",
    // Lines to write stay lines.
    {
      state: "not-exposed",
      remedy: expect.stringMatching(/^In .*:\n {4}env:\n .*"health,metrics"\n/),
    },
  ],
  [
    404,
    "startup",
    { state: "not-exposed", remedy: expect.stringContaining("BufferingApplicationStartup") },
  ],
  [401, "env", { state: "refused", remedy: expect.stringContaining('EndpointRequest.to("env")') }],
  [403, "env", { state: "refused" }],
  [500, "env", { state: "no-answer" }],
  [503, "health", { state: "answered", body: { status: "DOWN" } }],
  [503, "env", { state: "no-answer" }],
])("an answer %i of %s is told with what to do", async (status, endpoint, expected) => {
  const { api, actuator, signal } = anApplication();
  api.onRequest = () => ({ status, body: '{"status":"DOWN"}' });
  expect(await actuator.ask(pod, endpoint, signal)).toMatchObject({ endpoint, ...expected });
});

test("a pod that is gone, or a cluster that rests, is no answer; later it may be one", async () => {
  const { api, actuator, signal } = anApplication();
  api.refusal = () => "it is away";
  expect(await actuator.ask(pod, "health", signal)).toMatchObject({ state: "no-answer" });
  api.refusal = () => undefined;
  api.onRequest = () => ({ body: "{}" });
  expect(await actuator.ask(pod, "health", signal)).toMatchObject({ state: "answered" });
  expect(await actuator.ask({ ...pod, name: "none" }, "health", signal)).toMatchObject({
    state: "no-answer",
  });
});

test("levels are changed, and put back to what they were at first", async () => {
  const { api, actuator, signal } = anApplication();
  const levels = new Map<string, string | null>([["com.acme", "INFO"]]);
  api.onRequest = (_, __, { method, path, body = "" }) => {
    const logger = decodeURIComponent(path.split("/").at(-1) ?? "");
    if (method === "POST") {
      levels.set(logger, (JSON.parse(body) as { configuredLevel: string | null }).configuredLevel);
      return { status: 204 };
    }
    const configuredLevel = levels.get(logger) ?? undefined;
    return { body: JSON.stringify({ configuredLevel, effectiveLevel: "INFO" }) };
  };
  const changed = await actuator.setLevel(pod, { logger: "com.acme", level: "DEBUG" }, signal);
  expect(changed).toMatchObject({ state: "answered", body: { configuredLevel: "DEBUG" } });
  await actuator.setLevel(pod, { logger: "com.acme", level: "TRACE" }, signal);
  await actuator.setLevel(pod, { logger: "org.x", level: "WARN" }, signal);
  expect(actuator.changedLevels).toEqual([
    { pod: "default/shop-1", logger: "com.acme", before: "INFO" },
    { pod: "default/shop-1", logger: "org.x", before: null },
  ]);
  await actuator.putBackLevels(signal);
  expect(Object.fromEntries(levels)).toEqual({ "com.acme": "INFO", "org.x": null });
  expect(actuator.changedLevels).toEqual([]);
});

test("a logger that cannot be changed has nothing to put back", async () => {
  const { api, actuator, signal, requests } = anApplication();
  api.onRequest = () => ({ status: 404 });
  const change = { logger: "com.acme", level: "DEBUG" };
  expect(await actuator.setLevel(pod, change, signal)).toMatchObject({ state: "not-exposed" });
  expect(actuator.changedLevels).toEqual([]);
  expect(requests()).toEqual(["request shop-1:8080 GET /actuator/loggers/com.acme"]);
});
