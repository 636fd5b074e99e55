import { expect, test } from "vitest";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { HeldClock } from "../../../test/fakes/held-clock.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { tellFigures } from "./node-figures.ts";

const used = { cpu: { usageNanoCores: 5e8 }, memory: { workingSetBytes: 1024 } };

function sceneOf(...nodes: readonly string[]) {
  const api = new FakeClusterApi();
  for (const name of nodes) api.put({ kind: "Node", metadata: { name } });
  const clock = new HeldClock();
  const events: ConsoleEvent[] = [];
  const ending = new AbortController();
  const emit = (event: ConsoleEvent) => void events.push(event);
  const ended = tellFigures({ api, clock, emit }, ending.signal);
  return { api, clock, events, ended, ending };
}

test("each node's figures are told, and those of its pods that are measured", async () => {
  const { api, clock, events, ending, ended } = sceneOf("one", "two", "three");
  const podRef = { uid: "a" };
  api.summaries.set("one", { node: used, pods: [{ podRef, ...used }, { podRef: { uid: "new" } }] });
  api.summaries.set("two", {});
  await clock.pass(0);
  const pods = [{ uid: "a", cpuCores: 0.5, memoryBytes: 1024 }];
  expect(events).toEqual([
    {
      ...{ type: "figures", atMs: 0 },
      figures: { node: "one", cpuCores: 0.5, memoryBytes: 1024, pods },
    },
  ]);
  ending.abort();
  await ended;
});

test("they are asked for every ten seconds, also after a failure, until the end", async () => {
  const { api, clock, events, ending, ended } = sceneOf("one", "two");
  api.summaries.set("one", { node: used });
  api.refusal = () => "no answer";
  await clock.pass(0);
  expect(events).toEqual([]);
  api.refusal = (call) => (call === "nodeSummary two" ? "no answer" : undefined);
  await clock.pass(10_000);
  expect(events).toHaveLength(1);
  await clock.pass(9_999);
  expect(events).toHaveLength(1);
  ending.abort();
  await ended;
  const asked = api.calls.length;
  await clock.pass(20_000);
  expect(api.calls.length).toBe(asked);
});
