import { expect, onTestFinished, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import { clusterLabels } from "../../nodes/labels.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { liveConsole } from "./live-console.ts";

const pod = (name: string): KubernetesObject => ({
  ...{ kind: "Pod", metadata: { name, uid: name, namespace: "default", labels: { app: "shop" } } },
  spec: { containers: [{ name: "application", ports: [{ containerPort: 8080 }] }] },
  status: { containerStatuses: [{ name: "application", state: { running: {} } }] },
});

function aConsole() {
  const clock = new HeldClock();
  const ports = fakePorts({ clock });
  const apis = { one: new FakeClusterApi(), two: new FakeClusterApi() };
  const events: ConsoleEvent[] = [];
  const live = liveConsole(ports, {
    emit: (event) => events.push(event),
    clusterApi: (name) => apis[name as keyof typeof apis],
  });
  onTestFinished(() => live.end());
  const told = () =>
    events.flatMap((event): readonly string[] => {
      if (event.type === "rows") return [`rows ${event.rows.map(({ name }) => name).join(" ")}`];
      if (event.type === "row") return [`row ${event.row.name}`];
      if (event.type === "cluster-entered") return [`entered ${event.cluster ?? "none"}`];
      if (event.type === "log") return event.lines.map(({ text }) => `log ${text}`);
      if (event.type === "document") return [`${event.title}: ${event.lines[0] ?? ""}`];
      return [];
    });
  return { clock, ports, apis, events, live, told };
}

async function startNode(ports: ReturnType<typeof aConsole>["ports"]): Promise<void> {
  ports.engine.images.add("node:1", {});
  await ports.engine.createContainer({
    ...{ name: "one-control-plane", hostname: "x", image: "node:1", env: {}, restart: "no" },
    ...{ labels: clusterLabels("one", "control-plane", "1"), network: { name: "bridge" } },
  });
  await ports.engine.startContainer("one-control-plane");
}

test("entering another cluster gives up everything of the one before", async () => {
  const { apis, live, told, clock } = aConsole();
  apis.one.put(pod("a"));
  apis.two.put(pod("b"));
  live.watchKinds(["Pod"]);
  live.enterCluster("one");
  live.openLogs({ namespace: "default", labels: { app: "shop" } });
  await clock.pass(200);
  live.enterCluster("two");
  await clock.pass(200);
  apis.one.put(pod("late"));
  apis.one.setLog("a", ["2026-01-01T00:00:00Z late"]);
  await clock.pass(500);
  live.enterCluster(undefined);
  apis.two.put(pod("later"));
  await clock.pass(500);
  expect(told()).toEqual(["entered one", "rows a", "entered two", "rows b", "entered none"]);
});

test("figures stay wanted in the next cluster, until they are not", async () => {
  const { apis, live, events, clock } = aConsole();
  for (const [name, api] of Object.entries(apis)) {
    api.put({ kind: "Node", metadata: { name } });
    const used = { cpu: { usageNanoCores: 1 }, memory: { workingSetBytes: 1 } };
    api.summaries.set(name, { node: used });
  }
  const nodes = () =>
    events.flatMap((event) => (event.type === "figures" ? [event.figures.node] : []));
  live.enterCluster("one");
  await clock.pass(15_000);
  expect(nodes()).toEqual([]);
  live.watchFigures(true);
  live.watchFigures(true);
  await clock.pass(15_000);
  expect(nodes()).toEqual(["one", "one"]);
  live.enterCluster("two");
  await clock.pass(5_000);
  live.watchFigures(false);
  await clock.pass(15_000);
  expect(nodes()).toEqual(["one", "one", "two"]);
});

test("a node that starts again has everything listed anew, a published port has not", async () => {
  const { ports, apis, live, told, clock } = aConsole();
  await startNode(ports);
  live.begin();
  live.watchKinds(["Pod"]);
  await clock.pass(200);
  live.enterCluster("one");
  await clock.pass(200);
  const lists = () => told().filter((line) => line.startsWith("rows")).length;
  const before = lists();
  await ports.engine.stopContainer("one-control-plane");
  await clock.pass(500);
  expect(lists()).toBe(before);
  await ports.engine.startContainer("one-control-plane");
  await clock.pass(500);
  expect(lists()).toBe(before + 1);
  ports.engine.setPaused("one-control-plane", true);
  ports.engine.setPaused("one-control-plane", false);
  await clock.pass(500);
  expect(lists()).toBe(before + 2);
  await ports.engine.createContainer({
    ...{ name: "port", hostname: "x", image: "node:1", env: {}, restart: "no" },
    ...{ labels: clusterLabels("one", "port", ""), network: { name: "bridge" } },
  });
  await ports.engine.startContainer("port");
  await clock.pass(500);
  expect(lists()).toBe(before + 2);
  expect(apis.one.calls.filter((call) => call === "watch Pod")).toHaveLength(before + 2);
});

test("a machine that has slept has everything listed anew", async () => {
  const { apis, live, clock } = aConsole();
  live.begin();
  live.watchKinds(["Pod"]);
  live.enterCluster("one");
  await clock.pass(20_000);
  const watches = () => apis.one.calls.filter((call) => call === "watch Pod").length;
  const before = watches();
  clock.jump(3_600_000);
  await clock.pass(6_000);
  expect(watches()).toBe(before + 1);
});

test("documents are told, and so is why there is none", async () => {
  const { apis, live, told } = aConsole();
  apis.one.put(pod("a"));
  live.enterCluster("one");
  const ref = { kind: "Pod", name: "a", namespace: "default" };
  await live.openDocument(ref, { as: "yaml" });
  await live.openDocument(ref, { as: "description" });
  await live.openDocument({ ...ref, name: "none" }, { as: "yaml" });
  apis.one.refusal = () => "pods is forbidden";
  await live.openDocument(ref, { as: "yaml" });
  expect(told().slice(1)).toEqual([
    ...["Pod/a: kind: Pod", "Pod/a: Name: a", "Pod/none: It is gone.", "Pod/a: pods is forbidden"],
  ]);
});

test("the probe and the levels of loggers end with the cluster", async () => {
  const { ports, apis, live, events, clock } = aConsole();
  apis.one.put(pod("a"));
  const url = "http://127.0.0.1:8080";
  ports.http.answer(url, { status: 200 });
  live.enterCluster("one");
  live.startProbe({ application: "shop", url });
  apis.one.onRequest = () => ({ body: '{"effectiveLevel":"INFO"}' });
  await live.setLoggerLevel({ name: "a", namespace: "default" }, "com.acme", "DEBUG");
  const posts = () => apis.one.calls.filter((call) => call.includes("POST")).length;
  expect(posts()).toBe(1);
  await clock.pass(600);
  const answers = () => events.filter(({ type }) => type === "answer").length;
  expect(answers()).toBe(3);
  live.enterCluster(undefined);
  await clock.pass(2_000);
  expect(answers()).toBe(3);
  expect(posts()).toBe(2);
});

test("what is asked for without a cluster is nothing", async () => {
  const { live, events } = aConsole();
  live.openLogs({ namespace: "default" });
  await live.openDocument({ kind: "Pod", name: "a" }, { as: "yaml" });
  expect(await live.askActuator({ name: "a", namespace: "default" }, ["health"])).toEqual([]);
  expect(events).toEqual([]);
});
