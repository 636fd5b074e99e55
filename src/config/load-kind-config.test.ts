import { expect, test } from "vitest";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { isToolError } from "../errors/tool-error.ts";
import { loadConfig } from "./load-config.ts";

const head = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n";

function load(text: string) {
  return loadConfig({ text: head + text, file: "kind.yaml", folder: "/home/dev/shop" });
}

function faultsOf(text: string): readonly ConfigFault[] {
  try {
    load(text);
  } catch (error) {
    if (isToolError(error, "invalid-config")) return error.facts.faults;
    throw error;
  }
  return [];
}

test("the smallest file of kind is a control plane, named as ours are", () => {
  const { cluster, applications } = load("");
  expect(cluster.name).toBe("airfield");
  expect(cluster.nodes.map(({ role }) => role)).toEqual(["control-plane"]);
  expect(cluster.registry).toEqual({ enabled: true, port: 0, keepData: false });
  expect(applications).toEqual([]);
});

// From kind's own tests: pkg/internal/apis/config/encoding/testdata/v1alpha4 of v0.33.0.
test("reads kind's file of many fields", () => {
  const { cluster } = load(`name: not-default
featureGates:
  AllBeta: false
nodes:
- role: control-plane
- role: worker
  extraMounts:
  - containerPath: /foo
    hostPath: /bar
    readOnly: true
    selinuxRelabel: false
    propagation: Bidirectional
  extraPortMappings:
  - containerPort: 8080
    hostPort: 8080
    protocol: UDP
`);
  expect(cluster.featureGates).toEqual({ AllBeta: false });
  expect(cluster.nodes[1]).toMatchObject({
    taints: [],
    extraMounts: [{ containerPath: "/foo", hostPath: "/bar", propagation: "Bidirectional" }],
    extraPortMappings: [
      { containerPort: 8080, hostPort: 8080, protocol: "UDP", listenAddress: "0.0.0.0" },
    ],
  });
});

test("reads kind's file of patches, as its documentation has them for an ingress", () => {
  const { cluster } = load(`nodes:
- role: control-plane
  kubeadmConfigPatches:
  - |
    kind: InitConfiguration
    nodeRegistration:
      kubeletExtraArgs:
        node-labels: "ingress-ready=true"
  extraPortMappings:
  - containerPort: 80
    hostPort: 80
    protocol: TCP
kubeadmConfigPatches:
- |
  apiVersion: kubelet.config.k8s.io/v1beta1
  kind: KubeletConfiguration
  metadata:
    name: config
  evictionHard:
    nodefs.available: "0%"
kubeadmConfigPatchesJSON6902:
- group: kubeadm.k8s.io
  version: v1beta2
  kind: ClusterConfiguration
  patch: |
    - op: add
      path: /apiServer/certSANs/-
      value: my-hostname
containerdConfigPatches:
- |-
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
`);
  expect(cluster.kubeadmConfigPatches).toHaveLength(1);
  expect(cluster.kubeadmConfigPatchesJSON6902[0]?.version).toBe("v1beta2");
  expect(cluster.containerdConfigPatches).toHaveLength(1);
  expect(cluster.nodes[0]?.kubeadmConfigPatches).toHaveLength(1);
});

test("kind's port -1, chosen by the engine, is chosen by us, so that it outlives a restart", () => {
  const { cluster } = load(`networking: {apiServerPort: -1}
nodes: [{extraPortMappings: [{containerPort: 80, hostPort: -1}]}]`);
  expect(cluster.networking.apiServerPort).toBe(0);
  expect(cluster.nodes[0]?.extraPortMappings[0]?.hostPort).toBe(0);
});

test("truth values may be YAML 1.1's words, as in kind's parser", () => {
  const { cluster } = load(`networking: {disableDefaultCNI: yes}
featureGates: {A: on, B: Off, C: n}
nodes: [{extraMounts: [{hostPath: a, containerPath: /a, readOnly: Yes}]}]`);
  expect(cluster.networking.disableDefaultCNI).toBe(true);
  expect(cluster.featureGates).toEqual({ A: true, B: false, C: false });
  expect(cluster.nodes[0]?.extraMounts[0]?.readOnly).toBe(true);
});

test.each([
  { text: "name: my.cluster", expected: '3 name: "my.cluster": it contains "."' },
  { text: "networking: {ipFamily: ipv6}", expected: "only ipv4 clusters are supported so far" },
  { text: "networking: {nodeSubnet: 10.1.0.0/24}", expected: "there is no such field" },
  { text: "nodes: [{taints: []}]", expected: "there is no such field" },
  { text: "registry: {port: 1}", expected: "there is no such field" },
  { text: "applications: [{path: .}]", expected: "there is no such field" },
  { text: "nodes: [{extraMounts: [{nOtAReaLFielD: x}]}]", expected: "there is no such field" },
  { text: "nodes: [{role: worker}]", expected: "there is no control plane" },
  { text: "networking: {apiServerPort: -2}", expected: "-2 is too small; -1 at least" },
  {
    text: "nodes: [{extraPortMappings: [{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 80, listenAddress: 127.0.0.1}]}]",
    expected: "host port 80 is used by nodes[0].extraPortMappings[0].hostPort already",
  },
])("refuses $text", ({ text, expected }) => {
  const reasons = faultsOf(text).map(({ line, path, reason }) => `${line} ${path}: ${reason}`);
  expect(reasons.join("\n")).toContain(expected);
});

test("older formats of kind are told apart", () => {
  const text = "kind: Cluster\napiVersion: kind.sigs.k8s.io/v1alpha3\n";
  expect(() => loadConfig({ text, file: "kind.yaml", folder: "/" })).toThrow(
    "it must be airfield.dev/v1, or kind.x-k8s.io/v1alpha4 for a file of kind",
  );
});
