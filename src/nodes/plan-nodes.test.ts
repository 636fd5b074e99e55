import { describe, expect, test } from "vitest";
import { aBootstrapPlan } from "../../test/fakes/a-bootstrap-plan.ts";
import {
  aClusterConfig,
  aNodeConfig,
  type ClusterConfigWishes,
} from "../../test/fakes/a-cluster-config.ts";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import type { EngineInfo } from "../ports/container-engine.ts";
import { label } from "./labels.ts";
import { countChosenPorts, firstControlPlane, type NodePlanFacts } from "./plan-nodes.ts";

async function plan(wishes: ClusterConfigWishes, facts: Partial<NodePlanFacts> = {}) {
  const { nodes } = await aBootstrapPlan(aClusterConfig({ name: "demo", ...wishes }), facts);
  return nodes;
}

async function containerOf(wishes: ClusterConfigWishes, facts: Partial<NodePlanFacts> = {}) {
  const [node] = await plan(wishes, facts);
  if (node === undefined) throw new Error("no node");
  return node.container;
}

async function engineWith(changes: Partial<EngineInfo>): Promise<EngineInfo> {
  return { ...(await new FakeContainerEngine().info()), ...changes };
}

test("nodes are named and addressed as kind does it, the control plane first", async () => {
  const worker = aNodeConfig({ role: "worker" });
  const nodes = await plan({ nodes: [worker, aNodeConfig(), worker] });
  expect(nodes.map(({ name, role, address }) => [name, role, address])).toEqual([
    ["demo-control-plane", "control-plane", "10.213.0.10"],
    ["demo-worker", "worker", "10.213.0.20"],
    ["demo-worker2", "worker", "10.213.0.21"],
  ]);
  expect(firstControlPlane({ nodes })).toBe(nodes[0]);
});

test("a node carries kind's labels beside Airfield's, and its own name and address", async () => {
  const container = await containerOf({}, { previousContext: "work" });
  expect(container).toMatchObject({
    ...{ name: "demo-control-plane", hostname: "demo-control-plane" },
    network: { name: "airfield-demo", ipv4: "10.213.0.10" },
    labels: {
      [label.cluster]: "demo",
      [label.role]: "control-plane",
      [label.creation]: "creation",
      [label.kubeconfig]: "/home/dev/.kube/config",
      [label.previousContext]: "work",
      [label.kindCluster]: "demo",
      [label.kindRole]: "control-plane",
    },
  });
});

test("a node's own image goes before the default", async () => {
  const nodes = await plan({ nodes: [aNodeConfig(), aNodeConfig({ role: "worker", image: "x" })] });
  expect(nodes.map(({ container }) => container.image)).toEqual(["node:1", "x"]);
});

describe("published ports", () => {
  const mapping = (hostPort: number) =>
    ({ containerPort: 80, hostPort, listenAddress: "127.0.0.1", protocol: "TCP" }) as const;

  test("a port 0 gets the next free one, which may give way to another later", async () => {
    const extraPortMappings = [mapping(0), mapping(8080)];
    const config = { nodes: [aNodeConfig({ extraPortMappings })] };
    const [node] = await plan(config, { freePorts: [41_000, 41_001] });
    expect(node?.chosenHostPorts).toEqual([41_000, 41_001]);
    expect(
      node?.container.ports?.map(({ containerPort, hostPort }) => [containerPort, hostPort]),
    ).toEqual([
      [6443, 41_000],
      [80, 41_001],
      [80, 8080],
    ]);
    expect(countChosenPorts(aClusterConfig(config))).toBe(2);
  });

  test("a port of the API server that the user chose stays", async () => {
    const config = { networking: { apiServerPort: 6500, apiServerAddress: "0.0.0.0" } };
    const [node] = await plan(config);
    expect(node?.chosenHostPorts).toEqual([]);
    expect(node?.container.ports).toEqual([
      { containerPort: 6443, hostPort: 6500, hostAddress: "0.0.0.0", protocol: "tcp" },
    ]);
    expect(countChosenPorts(aClusterConfig(config))).toBe(0);
  });

  test("a worker publishes only its own mappings", async () => {
    const [, worker] = await plan({ workers: 1 });
    expect(worker?.container.ports).toEqual([]);
  });
});

describe("etcd in memory", () => {
  const etcd = "/var/lib/etcd";

  test("for a cluster that lasts as long as a command, where there is memory to spare", async () => {
    expect((await containerOf({}, { isEphemeral: true })).tmpfs).toContain(etcd);
    expect((await containerOf({}, { isEphemeral: false })).tmpfs).not.toContain(etcd);
    const small = await engineWith({ memoryBytes: 4 * 1024 ** 3 });
    expect((await containerOf({}, { isEphemeral: true, engine: small })).tmpfs).not.toContain(etcd);
  });

  test("not where the user mounts a folder, which the engine would refuse", async () => {
    const mount = {
      ...{ hostPath: "/data", containerPath: `${etcd}/`, readOnly: false },
      ...{ selinuxRelabel: false, propagation: "None" as const },
    };
    const nodes = [aNodeConfig({ extraMounts: [mount] })];
    const container = await containerOf({ nodes }, { isEphemeral: true });
    expect(container.tmpfs).not.toContain(etcd);
    expect(container.mounts).toContainEqual(
      expect.objectContaining({ hostPath: "/data", propagation: "none" }),
    );
  });
});

test.each([
  [{ isRootless: true, backingFilesystem: "btrfs" }, { devices: ["/dev/fuse"] }],
  [{ backingFilesystem: "zfs" }, { devices: ["/dev/mapper"] }],
  [{ hasUserNamespaces: true }, { hostUserNamespace: true }],
] as const)("an engine with %o needs %o", async (changes, flags) => {
  expect(await containerOf({}, { engine: await engineWith(changes) })).toMatchObject(flags);
});
