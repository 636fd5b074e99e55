import { expect, test } from "vitest";
import { aBootstrapPlan } from "../../../test/fakes/a-bootstrap-plan.ts";
import { aClusterConfig } from "../../../test/fakes/a-cluster-config.ts";
import { defaultNetworking } from "../../config/default-config.ts";
import {
  hasDefaultObjects,
  preparedConfigMap,
  preparedNode,
  substitutions,
  transactionOf,
} from "./prepared-node.ts";

test.each([
  ["one node", {}, true],
  ["workers", { workers: 4 }, true],
  ["more nodes than one CoreDNS serves", { workers: 5 }, false],
  ["another pod subnet", { networking: { podSubnet: "10.9.0.0/16" } }, false],
  ["another Service subnet", { networking: { serviceSubnet: "10.9.0.0/16" } }, false],
  ["another proxy mode", { networking: { kubeProxyMode: "nftables" } }, false],
  ["no CNI", { networking: { disableDefaultCNI: true } }, false],
  ["another port for the API server", { networking: { apiServerPort: 6500 } }, true],
] as const)("prepared objects for a cluster with %s: %#", async (_what, wishes, expected) => {
  expect(hasDefaultObjects(await aBootstrapPlan(aClusterConfig(wishes)))).toBe(expected);
});

test("a cluster with a patch or a feature gate makes its objects itself", async () => {
  const config = aClusterConfig({ workers: 1 });
  const [controlPlane, worker] = config.nodes;
  if (controlPlane === undefined || worker === undefined) throw new Error("no such nodes");
  const patch = "kind: KubeletConfiguration\nmaxPods: 5\n";
  for (const changed of [
    { ...config, kubeadmConfigPatches: [patch] },
    { ...config, featureGates: { Some: true } },
    { ...config, runtimeConfig: { "api/alpha": "true" } },
    { ...config, nodes: [controlPlane, { ...worker, kubeadmConfigPatches: [patch] }] },
  ])
    expect(hasDefaultObjects(await aBootstrapPlan(changed))).toBe(false);
});

test("the prepared node and address become the cluster's own", async () => {
  const plan = await aBootstrapPlan(aClusterConfig({ name: "demo" }));
  const [node] = plan.nodes;
  if (node === undefined) throw new Error("no node");
  expect(substitutions(node)).toBe(
    `s|airfield-prepared-node|demo-control-plane|g\ns|192\\.0\\.2\\.1|${node.address}|g\n`,
  );
});

test("a transaction has no conditions, quotes what it puts, and does nothing otherwise", () => {
  const object = { text: 'a "quoted"\nline' };
  expect(transactionOf([{ key: "a/b", object }])).toBe(
    `\nput "/registry/a/b" ${JSON.stringify(JSON.stringify(object))}\n\n\n`,
  );
});

test("the registry's ConfigMap is one like any other", () => {
  const manifest = "kind: ConfigMap\nmetadata: { name: a, namespace: b }\ndata: { c: d }\n";
  expect(preparedConfigMap(manifest)).toMatchObject({
    key: "configmaps/b/a",
    object: { kind: "ConfigMap", metadata: { name: "a" }, data: { c: "d" } },
  });
});

test("the only node has no taint, and the first subnet of the pods, as its CNI configuration says", async () => {
  const plan = await aBootstrapPlan(aClusterConfig({ name: "demo" }));
  expect(preparedNode(plan)).toMatchObject({
    key: "minions/demo-control-plane",
    object: {
      metadata: { name: "demo-control-plane", labels: { "kubernetes.io/os": "linux" } },
      spec: { podCIDR: "10.244.0.0/24", providerID: "kind://docker/demo/demo-control-plane" },
    },
  });
  expect(preparedNode(plan).object).not.toHaveProperty("spec.taints");
  expect(defaultNetworking.podSubnet).toBe("10.244.0.0/16");
});

test("beside workers it takes no pods but those that tolerate it, and keeps the user's labels and taints", async () => {
  const config = aClusterConfig({ name: "demo", workers: 1 });
  const [controlPlane, ...workers] = config.nodes;
  if (controlPlane === undefined) throw new Error("no node");
  const taint = { key: "mine", value: "yes", effect: "NoExecute" } as const;
  const wished = { ...controlPlane, labels: { zone: "a" }, taints: [taint] };
  const plan = await aBootstrapPlan({ ...config, nodes: [wished, ...workers] });
  expect(preparedNode(plan).object).toMatchObject({
    metadata: { labels: { zone: "a" } },
    spec: {
      taints: [
        { key: "node-role.kubernetes.io/control-plane", value: "", effect: "NoSchedule" },
        taint,
      ],
    },
  });
});
