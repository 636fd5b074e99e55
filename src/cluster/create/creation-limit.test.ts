import { expect, test } from "vitest";
import { aClusterConfig } from "../../../test/fakes/a-cluster-config.ts";
import { fakePorts } from "../../../test/fakes/fake-ports.ts";
import { nodeImageFiles } from "../../../test/fakes/healthy-nodes.ts";
import type { ProgressEvent } from "../../ports/events.ts";
import { createCluster, type CreateClusterRequest } from "./create-cluster.ts";

const journal = `@ containerd
time="2026-01-01T00:00:00Z" level=error msg="failed to load plugin io.containerd.grpc.v1.cri" error="invalid plugin config"
@ kube-apiserver
`;

/** Nodes that tell this and no more; time jumps to the end of `--wait` when a step begins. */
async function failureOf(
  told: readonly string[],
  slowStep: string,
  wishes: Partial<CreateClusterRequest> & {
    readonly workers?: number;
    readonly isEngineStuck?: boolean;
  } = {},
) {
  const ports = fakePorts();
  ports.engine.images.add("airfield/node:1", { files: nodeImageFiles });
  ports.engine.images.add("airfield/registry:1");
  ports.engine.onStart((container) => {
    if (container.spec.labels["io.x-k8s.kind.role"] === undefined) return;
    const lines = container.name.includes("worker") ? ["began"] : told;
    container.logLines.push("systemd says", ...lines.map((line) => `airfield: ${line}`));
    container.notify();
  });
  ports.engine.onExec((_container, command) => {
    if (command.includes("get")) return { stdout: "NAME STATUS\ndemo NotReady\n" };
    return command[0] === "sh" ? { stdout: journal } : undefined;
  });
  const { workers = 0, isEngineStuck = false, ...more } = wishes;
  if (isEngineStuck)
    ports.engine.createNetwork = (_spec, { signal } = {}) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      });
  const request: CreateClusterRequest = {
    config: aClusterConfig({ name: "demo", workers, registry: { enabled: false } }),
    waitMs: 60_000,
    retain: false,
    isEphemeral: false,
    kubeconfigPath: "/home/dev/.kube/config",
    components: {
      policy: "auto",
      ownCommand: ["airfield"],
      isWarmAllowed: false,
      builtTags: { node: "airfield/node:1", registry: "airfield/registry:1" },
    },
    ...more,
  };
  const reporter = {
    close: () => Promise.resolve(),
    report(event: ProgressEvent) {
      if (event.type === "step-started" && event.stepId === slowStep)
        void ports.clock.sleep(300_000);
    },
  };
  const { signal } = new AbortController();
  const creation = createCluster(request, { ...ports, reporter }, signal);
  const error = await creation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, left: ports.engine.containers.map(({ name }) => name) };
}

const serving = ["began", "phase api-server", "control-plane Q0E="];

test.each([
  {
    what: "a node that does not boot",
    told: [],
    slowStep: "start-nodes",
    code: "node-boot-failed",
    says: ["did not finish booting within 60 s", "systemd says"],
  },
  {
    what: "a control plane that does not come",
    told: ["began", "phase certificates", "phase api-server"],
    slowStep: "init-control-plane",
    code: "control-plane-not-started",
    says: [
      'After 60 s the control plane is not serving: node "demo-control-plane" is still waiting for the API server.',
      "containerd: level=error",
      "invalid plugin config",
    ],
  },
  {
    what: "a worker that does not join",
    told: [...serving, "node demo-control-plane True"],
    slowStep: "join-workers",
    workers: 1,
    // Otherwise the missing node is named for not being Ready.
    waitMs: 0,
    code: "workers-not-joined",
    says: ["demo-worker.", "invalid plugin config"],
  },
  {
    what: "a node that does not get Ready",
    told: [...serving, "node demo-control-plane False", "dns"],
    slowStep: "wait-until-ready",
    code: "nodes-not-ready",
    says: [
      "After 60 s these nodes are still not Ready: demo-control-plane.",
      "demo NotReady",
      "invalid plugin config",
    ],
  },
  {
    what: "a DNS that does not answer",
    told: [...serving, "node demo-control-plane True"],
    slowStep: "wait-until-ready",
    code: "dns-not-answering",
    says: ["After 60 s the cluster's DNS still does not answer.", "invalid plugin config"],
  },
])("$what ends the creation at its limit, with its words", async (given) => {
  const { told, slowStep, workers = 0, waitMs = 60_000, code, says } = given;
  const { error, left } = await failureOf(told, slowStep, { workers, waitMs });
  expect(error).toMatchObject({ code });
  for (const text of says) expect((error as Error).message).toContain(text);
  expect(left).toEqual([]);
});

test("without a wait, what comes before nodes are Ready has five minutes", async () => {
  const told = ["began", "phase kubelet"];
  const { error } = await failureOf(told, "init-control-plane", { waitMs: 0 });
  expect(error).toMatchObject({ code: "control-plane-not-started" });
  expect((error as Error).message).toContain("After 300 s");
});

test("an engine that does not do what it is asked is named with what it was asked", async () => {
  const { error } = await failureOf([], "create-network", { isEngineStuck: true });
  expect(error).toMatchObject({ code: "creation-timed-out" });
  expect((error as Error).message).toContain("had not finished: Creating network");
});

test("a component that ends again and again ends the creation at once", async () => {
  const { error, left } = await failureOf(["began", "failed api-server kubelet"], "none");
  expect(error).toMatchObject({ code: "component-crashes" });
  expect((error as Error).message).toContain("the kubelet crashes each time it starts");
  expect((error as Error).message).toContain("invalid plugin config");
  expect(left).toEqual([]);
});
