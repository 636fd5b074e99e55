import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../../../test/fakes/fake-clock.ts";
import { FakeClusterApi } from "../../../test/fakes/fake-cluster-api.ts";
import { FakeCommands } from "../../../test/fakes/fake-commands.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { Target } from "../model/requests.ts";
import { airfieldLine } from "./airfield-line.ts";
import { consoleActions } from "./console-actions.ts";

function sceneOf() {
  const api = new FakeClusterApi();
  const commands = new FakeCommands();
  const clock = new FakeClock();
  const events: ConsoleEvent[] = [];
  const actions = consoleActions(
    { commands, clock },
    {
      emit: (event) => events.push(event),
      clusterApi: () => api,
      airfield: ["node", "main.js"],
    },
  );
  let id = 0;
  return {
    ...{ api, commands, clock, events, actions },
    act: (command: string, of: Partial<Target>, argument?: string) => {
      id += 1;
      return actions.start({
        ...{ type: "act", id, command, line: `kubectl ${command}` },
        of: { kind: "Deployment", name: "shop", namespace: "dev", uid: "1", cluster: "c", ...of },
        ...(argument === undefined ? {} : { argument }),
      });
    },
    ends: () => events.flatMap((event) => (event.type === "action-ended" ? [event.error] : [])),
    progress: () =>
      events.flatMap((event) => (event.type === "action-progress" ? [event.event] : [])),
  };
}

function deployment(more: object = {}): KubernetesObject {
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment" },
    metadata: { name: "shop", namespace: "dev", uid: "d" },
    spec: { replicas: 1, template: { metadata: { labels: { app: "shop" } } } },
    ...more,
  };
}

const shop = { kind: "Deployment", name: "shop", namespace: "dev" };

describe("a verb on objects", () => {
  test("is told from its start to its end, with its line", async () => {
    const { api, act, events } = sceneOf();
    api.put(deployment());
    await act("scale", {}, "3");
    expect(api.stored(shop)?.spec?.replicas).toBe(3);
    expect(events).toEqual([
      {
        type: "action-started",
        action: { id: 1, command: "scale", line: "kubectl scale" },
        atMs: 0,
      },
      { type: "action-ended", id: 1, atMs: 0 },
    ]);
  });

  test("on an application is one on its Deployment", async () => {
    const { api, act } = sceneOf();
    api.put(deployment());
    await act("scale", { kind: "Application" }, "0");
    expect(api.stored(shop)?.spec?.replicas).toBe(0);
  });

  test.each(["", "many", "-1", "1.5"])("takes %j for no number of pods", async (argument) => {
    const { api, act, ends } = sceneOf();
    api.put(deployment());
    await act("scale", {}, argument);
    expect(ends()).toEqual([`"${argument}" is no number of pods`]);
  });

  test("that the cluster refuses ends with the cluster's reason", async () => {
    const { api, act, ends } = sceneOf();
    api.refusal = () => "deployments is forbidden";
    await act("delete", {});
    expect(ends()).toEqual(["deployments is forbidden"]);
  });

  test("that is none of these, and one without a cluster, end with a reason", async () => {
    const { act, ends, actions } = sceneOf();
    await act("fly", {});
    const of = { kind: "Pod", name: "a", namespace: "", uid: "" };
    await actions.start({ type: "act", id: 9, command: "delete", line: "", of });
    expect(ends()).toEqual([
      'there is nothing that does "fly" here',
      'there is nothing that does "delete" here',
    ]);
  });

  test("deletes the object", async () => {
    const { api, act } = sceneOf();
    api.put(deployment());
    await act("delete", {});
    expect(api.stored(shop)).toBeUndefined();
  });

  test.each([undefined, { other: "1" }])(
    "restarts pods as kubectl does (annotations: %j)",
    async (annotations) => {
      const { api, act, clock } = sceneOf();
      const metadata = { labels: {}, ...(annotations === undefined ? {} : { annotations }) };
      api.put(deployment({ spec: { template: { metadata } } }));
      await act("restart", {});
      expect(api.stored(shop)?.spec?.template?.metadata?.annotations).toEqual({
        ...annotations,
        "kubectl.kubernetes.io/restartedAt": clock.nowIso(),
      });
    },
  );

  test("says that the object is gone", async () => {
    const { act, ends } = sceneOf();
    await act("restart", {});
    expect(ends()).toEqual(["Deployment shop is not there any more"]);
  });

  test("lets a node take no pods, and again", async () => {
    const { api, act } = sceneOf();
    api.put({ kind: "Node", metadata: { name: "worker" }, spec: {} });
    const node = { kind: "Node", name: "worker", namespace: "" };
    await act("cordon", node);
    expect(api.stored(node)?.spec?.unschedulable).toBe(true);
    await act("uncordon", node);
    expect(api.stored(node)?.spec?.unschedulable).toBe(false);
  });
});

describe("undoing a roll-out", () => {
  const owned = (number: number, uid = "d"): KubernetesObject => ({
    kind: "ReplicaSet",
    metadata: {
      ...{ name: `shop-${uid}${number}`, namespace: "dev", ownerReferences: [{ uid }] },
      annotations: { "deployment.kubernetes.io/revision": `${number}` },
    },
    spec: {
      template: {
        metadata: { labels: { app: "shop", "pod-template-hash": `h${number}` } },
        spec: { containers: [{ name: "main", image: `shop:${number}` }] },
      },
    },
  });

  test("of a Deployment takes the ReplicaSet before, without its hash", async () => {
    const { api, act, ends } = sceneOf();
    api.put(deployment());
    for (const set of [owned(10), owned(2), owned(9), owned(11, "other")]) api.put(set);
    await act("undo-rollout", {});
    expect(ends()).toEqual([undefined]);
    expect(api.stored(shop)?.spec?.template).toEqual({
      metadata: { labels: { app: "shop" } },
      spec: { containers: [{ name: "main", image: "shop:9" }] },
    });
  });

  test("of a StatefulSet takes the ControllerRevision before", async () => {
    const { api, act } = sceneOf();
    api.put({ ...deployment(), kind: "StatefulSet" });
    for (const revision of [1, 2]) {
      const template = { $patch: "replace", spec: { containers: [{ image: `db:${revision}` }] } };
      api.put({
        ...{ kind: "ControllerRevision", revision, data: { spec: { template } } },
        metadata: { name: `r${revision}`, namespace: "dev", ownerReferences: [{ uid: "d" }] },
      } as unknown as KubernetesObject);
    }
    await act("undo-rollout", { kind: "StatefulSet" });
    const { spec } = api.stored({ ...shop, kind: "StatefulSet" }) ?? {};
    expect(spec?.template).toEqual({ spec: { containers: [{ image: "db:1" }] } });
  });

  test("of the first version says that there is none before", async () => {
    const { api, act, ends } = sceneOf();
    api.put(deployment());
    api.put(owned(1));
    await act("undo-rollout", {});
    expect(ends()).toEqual(["Deployment shop has no version before this one"]);
  });
});

describe("draining a node", () => {
  const worker = { kind: "Node", name: "worker", namespace: "" };
  const pod = (name: string, owner?: string, more: object = {}): KubernetesObject => ({
    kind: "Pod",
    metadata: {
      ...{ name, namespace: "dev", uid: name },
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ kind: owner, name: "o", controller: true }] }),
      ...more,
    },
    spec: { nodeName: "worker" },
  });

  function drained(...pods: readonly KubernetesObject[]) {
    const scene = sceneOf();
    scene.api.put({ kind: "Node", metadata: { name: "worker" }, spec: {} });
    for (const each of pods) scene.api.put(each);
    return scene;
  }

  test("moves its pods, and leaves those of DaemonSets, of the kubelet and of other nodes", async () => {
    const elsewhere = { ...pod("c", "ReplicaSet"), spec: { nodeName: "other" } };
    const { api, act, ends, progress } = drained(
      ...[pod("a", "ReplicaSet"), pod("b", "DaemonSet"), elsewhere],
      pod("etcd", "Node", { annotations: { "kubernetes.io/config.mirror": "1" } }),
    );
    await act("drain", worker);
    expect(ends()).toEqual([undefined]);
    expect(api.calls.filter((call) => call.startsWith("evict"))).toEqual(["evict a"]);
    expect(api.stored(worker)?.spec?.unschedulable).toBe(true);
    expect(progress()).toMatchObject([
      { type: "step-started", title: "Moving 1 pod off worker" },
      { type: "step-progress", detail: "1 of 1 gone", fraction: 1 },
      { type: "step-finished" },
    ]);
  });

  test("asks again as long as a disruption budget does not let a pod go", async () => {
    const { api, act, ends, progress, clock } = drained(pod("a", "ReplicaSet"));
    let asked = 0;
    api.onEvict = () => (++asked < 3 ? "the budget needs 1 pod" : undefined);
    await act("drain", worker);
    expect(ends()).toEqual([undefined]);
    expect(clock.sleepsMs).toEqual([5_000, 5_000]);
    const waiting = {
      ...{ type: "step-progress", stepId: "evict-pods", fraction: 0 },
      detail: "0 of 1 gone · a waits: the budget needs 1 pod",
    };
    expect(progress().filter((event) => isDeepStrictEqual(event, waiting))).toHaveLength(1);
  });

  test("does nothing where a pod would be lost for good", async () => {
    const { api, act, ends } = drained(pod("alone"), pod("a", "ReplicaSet"));
    await act("drain", worker);
    expect(ends()).toEqual([
      "nothing would make these pods again: dev/alone. Delete them first where they may go",
    ]);
    expect(api.stored(worker)?.spec?.unschedulable).toBeUndefined();
  });

  test("that is cancelled ends, and its node stays cordoned", async () => {
    const { api, act, ends, actions } = drained(pod("a", "ReplicaSet"));
    api.onEvict = () => {
      actions.cancel(1);
      return "not now";
    };
    await act("drain", worker);
    expect(ends()).toEqual(["cancelled"]);
    expect(api.stored(worker)?.spec?.unschedulable).toBe(true);
  });

  test("ends when a pod cannot be moved at all", async () => {
    const { api, act, ends } = drained(pod("a", "ReplicaSet"), pod("b", "ReplicaSet"));
    api.onEvict = () => "not now";
    api.refusal = (call) => (call === "evict b" ? "evictions is forbidden" : undefined);
    await act("drain", worker);
    expect(ends()).toEqual(["evictions is forbidden"]);
  });
});

describe("a verb of Airfield's", () => {
  const cluster: Partial<Target> = { kind: "Cluster", name: "new", namespace: "" };

  test("is a program, whose events are told", async () => {
    const { commands, act, events, progress, ends } = sceneOf();
    const stdout = [
      '{"version":1,"tool":"airfield"}',
      '{"type":"step-started","stepId":"a","title":"Crea\\u001b[31mting"}',
      "Cluster new is ready.",
      "",
    ].join("\n");
    commands.on(() => ({ stdout }));
    await act("create-cluster", cluster);
    expect(commands.lines).toEqual(["node main.js create cluster new --progress json"]);
    expect(events[0]).toMatchObject({ action: { line: "airfield create cluster new" } });
    expect(progress()).toEqual([
      { type: "step-started", stepId: "a", title: "Creating" },
      { type: "output", source: "airfield", line: "Cluster new is ready." },
    ]);
    expect(ends()).toEqual([undefined]);
  });

  test("that fails ends with its error and what to do", async () => {
    const { commands, act, ends } = sceneOf();
    const stderr = '{"type":"error","code":"port-taken","message":"Taken.","hint":"Stop it."}\n';
    commands.on(() => ({ exitCode: 2, stderr }));
    await act("down", { kind: "Application" });
    expect(ends()).toEqual(["Taken. Stop it."]);
  });

  test("that dies without a word says its exit code", async () => {
    const { commands, act, ends } = sceneOf();
    commands.on(() => ({ exitCode: 137, stdout: "{half\n" }));
    await act("down", {});
    expect(ends()).toEqual(["airfield ended with exit code 137"]);
  });

  test("goes on until the end of the terminal UI, and is not started a second time", async () => {
    const { commands, act, ends, actions } = sceneOf();
    commands.on(
      (_, { signal }) =>
        new Promise((resolve) => signal?.addEventListener("abort", () => resolve({}))),
    );
    const running = act("dev", { kind: "Application" }, "shop");
    await act("dev", { kind: "Application" }, "shop");
    expect(ends()).toEqual(["it is running already"]);
    await actions.end();
    await running;
    expect(ends()).toEqual(["it is running already", "cancelled"]);
    expect(commands.lines).toEqual(["node main.js dev shop --name c --progress json"]);
  });

  test.each([
    ["delete-cluster", "airfield delete cluster it", { kind: "Cluster", namespace: "" }],
    ["up", "airfield up 'my shop' --name c", {}, "my shop"],
    ["down", "airfield down it --name c --namespace dev", {}],
    ["down", "airfield down it", { cluster: "airfield", namespace: "default" }],
    ["debug", "airfield debug it --name c --namespace dev", {}],
    ["stop-debug", "airfield debug it --stop --name c --namespace dev", {}],
    [
      "load-image",
      "airfield load image shop:1 --name new",
      { kind: "Cluster", name: "new" },
      "shop:1",
    ],
  ])("%s: %s", (command, line, of, argument?: string) => {
    const target = { kind: "Application", name: "it", namespace: "dev", uid: "", cluster: "c" };
    const given = argument === undefined ? {} : { argument };
    expect(airfieldLine({ command, of: { ...target, ...of }, ...given })).toBe(line);
  });
});
