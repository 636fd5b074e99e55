import { expect, test } from "vitest";
import { FakeContainerEngine } from "../../../test/fakes/container-engine/fake-container-engine.ts";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { clusterLabels, label } from "../../nodes/labels.ts";
import type { ContainerSpec } from "../../ports/container-engine.ts";
import type { ClusterRow, ConsoleEvent } from "../model/events.ts";
import { watchClusters } from "./watch-clusters.ts";

const IMAGE = "airfield/node:v1.34.2";

function spec(name: string, cluster: string, role: "control-plane" | "worker"): ContainerSpec {
  return {
    ...{ name, hostname: name, image: IMAGE, env: {}, restart: "no" },
    labels: clusterLabels(cluster, role, "1"),
    network: { name: "bridge" },
  };
}

function anEngine(): FakeContainerEngine {
  const engine = new FakeContainerEngine();
  engine.images.add(IMAGE, {});
  engine.images.add("port", {});
  return engine;
}

async function start(engine: FakeContainerEngine, container: ContainerSpec): Promise<void> {
  await engine.createContainer(container);
  await engine.startContainer(container.name);
}

/** What is told while one step after the other is done, each when something was told. */
async function watch(
  engine: FakeContainerEngine,
  steps: readonly (() => Promise<void> | void)[],
): Promise<{
  readonly events: readonly ConsoleEvent[];
  readonly states: readonly string[];
  readonly actions: readonly string[];
  readonly clock: FakeClock;
}> {
  const clock = new FakeClock();
  const abort = new AbortController();
  const events: ConsoleEvent[] = [];
  const actions: string[] = [];
  const left = [...steps];
  const watching = watchClusters({
    ...{ engine, clock, signal: abort.signal },
    emit(event) {
      events.push(event);
      // Not after the first list: the engine is told right after it.
      if (events.length > 1) setImmediate(() => void go());
    },
    onEvent: (cluster, { action }) => actions.push(`${cluster} ${action}`),
    onReached: () => actions.push("reached"),
  });
  async function go(): Promise<void> {
    const next = left.shift();
    if (next === undefined) return abort.abort(new Error("enough"));
    await next();
  }
  await watching;
  const states = events.map((event) =>
    event.type === "clusters" ? event.clusters.map(shown).join(" ") : shownEngine(event),
  );
  return { events, states, actions, clock };
}

function shown({ name, state, nodes }: ClusterRow): string {
  return `${name}:${state}(${nodes.map((node) => node.state).join(",")})`;
}

function shownEngine(event: ConsoleEvent): string {
  return event.type === "engine" ? `engine ${event.state}` : event.type;
}

test("tells the clusters there are, and each change, without asking by the clock", async () => {
  const engine = anEngine();
  await start(engine, spec("a-control-plane", "a", "control-plane"));
  const { states, actions } = await watch(engine, [
    () => start(engine, spec("a-worker", "a", "worker")),
    () => engine.stopContainer("a-worker"),
    () => engine.setPaused("a-control-plane", true),
    () => engine.removeContainer("a-worker"),
    () => engine.removeContainer("a-control-plane"),
  ]);
  expect(states).toEqual([
    "a:running(running)",
    "engine reached",
    "a:running(running,running)",
    "a:partly(running,exited)",
    "a:partly(paused,exited)",
    "a:paused(paused)",
    "",
  ]);
  expect(actions).toEqual([
    ...["reached", "a create", "a start", "a die", "a pause"],
    ...["a destroy", "a die", "a destroy"],
  ]);
  expect(engine.callLines("listContainers")).toHaveLength(6);
});

test("an engine that goes away is told, waited for, and listed anew", async () => {
  const engine = anEngine();
  await start(engine, spec("a-control-plane", "a", "control-plane"));
  const lost = new ToolError("engine-connection-lost", { address: "unix:///s" });
  const { states, events, clock, actions } = await watch(engine, [
    () => {
      engine.failAt("containerEvents", lost).failAt("containerEvents", lost, { call: 2 });
      engine.endEvents();
    },
    ...Array.from({ length: 4 }, () => () => undefined),
  ]);
  expect(states.filter((state) => state.startsWith("engine"))).toEqual([
    ...["engine reached", "engine lost", "engine lost", "engine lost", "engine reached"],
  ]);
  expect(events).toContainEqual({ type: "engine", state: "lost", reason: lost.message });
  expect(clock.sleepsMs).toEqual([500, 1000, 2000]);
  expect(actions).toEqual(["reached", "reached"]);
});

test("published ports are looked up once, and names of the engine move no cursor", async () => {
  const engine = anEngine();
  await start(engine, spec("a-control-plane", "a", "control-plane"));
  await start(engine, {
    ...spec("a-port-default-shop", "a", "worker"),
    image: "port",
    labels: { ...clusterLabels("a", "port", ""), [label.service]: "default/shop" },
    ports: [{ containerPort: 8080, hostPort: 8081, hostAddress: "127.0.0.1", protocol: "tcp" }],
  });
  const evil = "a-worker\u001b[2J";
  const { events } = await watch(engine, [() => start(engine, spec(evil, "a", "worker"))]);
  const clusters = events.flatMap((event) => (event.type === "clusters" ? event.clusters : []));
  expect(clusters.at(-1)?.published).toEqual([
    { namespace: "default", service: "shop", url: "http://127.0.0.1:8081" },
  ]);
  expect(clusters.at(-1)?.nodes.map(({ name }) => name)).toEqual(["a-control-plane", "a-worker"]);
  expect(clusters.at(-1)?.version).toBe("v1.34.2");
  expect(engine.callLines("inspectContainer")).toHaveLength(1);
});
