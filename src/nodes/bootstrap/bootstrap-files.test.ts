import { expect, test } from "vitest";
import { aBootstrapPlan } from "../../../test/fakes/a-bootstrap-plan.ts";
import { aClusterConfig } from "../../../test/fakes/a-cluster-config.ts";
import type { ClusterConfig, NodeConfig } from "../../config/cluster-config.ts";
import { bootstrapFiles, type NodeImageFiles } from "./bootstrap-files.ts";

const ourImage: NodeImageFiles = {
  kubernetesVersion: "v1.34.4",
  defaultCni: [
    "# would you kindly template this file",
    "kind: DaemonSet",
    "args: {{ .PodSubnet }}",
    "image: airfield.dev/flannel:v0.28.4",
  ].join("\n"),
  defaultStorage: "kind: StorageClass\n",
};

async function filesOf(config: ClusterConfig, nodeIndex = 0, image = ourImage) {
  const plan = await aBootstrapPlan(config);
  const node = plan.nodes[nodeIndex];
  if (node === undefined) throw new Error("no such node");
  const files = bootstrapFiles(node, image, {
    plan,
    bootstrapToken: "abcdef.0123456789abcdef",
    registry: undefined,
    nodeFiles: [],
    limitSeconds: 61,
  });
  return new Map(files.map(({ path, content }) => [path, content as string]));
}

test("a control plane gets what the cluster begins with, a worker only what it joins by", async () => {
  const config = aClusterConfig({ name: "demo", workers: 1 });
  const [controlPlane, worker] = [await filesOf(config, 0), await filesOf(config, 1)];
  expect(controlPlane.get("/kind/airfield/nodes")).toBe("demo-control-plane\ndemo-worker\n");
  expect(controlPlane.get("/kind/airfield/manifests/cni.yaml")).toContain("args: 10.244.0.0/16");
  expect(controlPlane.get("/kind/airfield/dns-address")).toBe("10.96.0.10");
  expect([...worker.keys()].filter((path) => path.includes("manifests"))).toEqual([]);
  expect(worker.get("/kind/kubeadm.conf")).toContain("kind: JoinConfiguration");
});

test("no value of a user gets into a script", async () => {
  const [plain, other] = [
    await filesOf(aClusterConfig({ name: "demo" })),
    await filesOf(aClusterConfig({ name: "other", networking: { podSubnet: "10.9.0.0/16" } })),
  ];
  const script = "/kind/airfield/bootstrap";
  expect(plain.get(script)).toBe(other.get(script));
  expect(plain.get(script)).not.toContain("demo");
});

test.each([
  ["with our Flannel", {}, ourImage, true],
  [
    "with another CNI in the node image",
    {},
    { ...ourImage, defaultCni: "kind: DaemonSet\n" },
    false,
  ],
  ["without a default CNI", { networking: { disableDefaultCNI: true } }, ourImage, false],
] as const)(
  "%s, the CNI configuration is known beforehand: %#",
  async (_when, wishes, image, isKnown) => {
    const files = await filesOf(aClusterConfig(wishes), 0, image);
    expect(files.has("/kind/airfield/flannel")).toBe(isKnown);
  },
);

test("without kube-proxy its add-on is not rendered", async () => {
  const files = await filesOf(aClusterConfig({ networking: { kubeProxyMode: "none" } }));
  expect(files.get("/kind/airfield/addons")).toBe("coredns");
});

test("a large cluster keeps two CoreDNS pods", async () => {
  expect((await filesOf(aClusterConfig({ workers: 4 }))).has("/kind/airfield/small")).toBe(true);
  expect((await filesOf(aClusterConfig({ workers: 5 }))).has("/kind/airfield/small")).toBe(false);
});

test("what speaks of the cluster's networking follows a kubeadm patch", async () => {
  const patched = await filesOf(
    aClusterConfig({
      name: "demo",
      kubeadmConfigPatches: [
        "kind: ClusterConfiguration\nnetworking: {dnsDomain: acme.internal, serviceSubnet: 10.77.0.0/16, podSubnet: 10.88.0.0/16}",
      ],
    }),
  );
  expect(patched.get("/kind/airfield/dns-address")).toBe("10.77.0.10");
  const query = (patched.get("/kind/airfield/dns-query") ?? "").replaceAll("\\x", "");
  expect(Buffer.from(query, "hex").toString("latin1")).toContain("\x03svc\x04acme\x08internal");
  expect(patched.get("/kind/airfield/manifests/cni.yaml")).toContain("args: 10.88.0.0/16");
});

test("labels that a kubelet may not give its own node are set by the control plane", async () => {
  const [controlPlane, worker] = aClusterConfig({ workers: 1 }).nodes as [NodeConfig, NodeConfig];
  const config = aClusterConfig({
    name: "demo",
    nodes: [
      { ...controlPlane, labels: { "node-role.kubernetes.io/master": "", zone: "a" } },
      { ...worker, labels: { "node-role.kubernetes.io/worker": "x", "acme.k8s.io/disk": "ssd" } },
      worker,
    ],
  });
  const files = [await filesOf(config, 0), await filesOf(config, 1)] as const;
  expect(files[0].get("/kind/airfield/labels")).toBe(
    "demo-control-plane node-role.kubernetes.io/master=\n" +
      "demo-worker node-role.kubernetes.io/worker=x acme.k8s.io/disk=ssd\n",
  );
  const kubeadm = files.map((each) => each.get("/kind/kubeadm.conf") ?? "");
  expect(kubeadm[0]).toContain("zone=a");
  for (const text of kubeadm) expect(text).not.toMatch(/node-role.kubernetes.io|acme.k8s.io/);
});

test("a cluster without such labels has no file of them", async () => {
  const [node] = aClusterConfig().nodes as [NodeConfig];
  const files = await filesOf(aClusterConfig({ nodes: [{ ...node, labels: { zone: "a" } }] }));
  expect(files.has("/kind/airfield/labels")).toBe(false);
});
