import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  planKubeadmConfig,
  renderKubeadmConfig,
  type KubeadmConfigInput,
} from "./kubeadm-config.ts";

const base: KubeadmConfigInput = {
  kubernetesVersion: "v1.34.4",
  clusterName: "demo",
  role: "control-plane",
  nodeName: "demo-control-plane",
  nodeAddress: "10.213.0.10",
  controlPlaneEndpoint: "demo-control-plane:6443",
  apiServerAddress: "127.0.0.1",
  podSubnet: "10.244.0.0/16",
  serviceSubnet: "10.96.0.0/16",
  kubeProxyMode: "iptables",
  featureGates: {},
  runtimeConfig: {},
  token: "abcdef.0123456789abcdef",
  controlPlanes: 1,
  workers: 0,
};

const worker: KubeadmConfigInput = {
  ...base,
  role: "worker",
  nodeName: "demo-worker",
  nodeAddress: "10.213.0.20",
  workers: 1,
  discoveryFile: "/kind/discovery.conf",
};

interface Documents {
  readonly [kind: string]: Record<string, unknown>;
}

function render(changes: Partial<KubeadmConfigInput> = {}, from = base): Documents {
  const documents = parseAllDocuments(
    renderKubeadmConfig(planKubeadmConfig({ ...from, ...changes })),
  );
  const objects = documents.map((document) => document.toJS() as Record<string, unknown>);
  return Object.fromEntries(objects.map((object) => [String(object["kind"]), object]));
}

test("writes the configuration of a single node that runs everything", () => {
  expect(renderKubeadmConfig(planKubeadmConfig(base))).toMatchInlineSnapshot(`
    "apiVersion: kubeadm.k8s.io/v1beta4
    kind: ClusterConfiguration
    kubernetesVersion: v1.34.4
    clusterName: demo
    controlPlaneEndpoint: demo-control-plane:6443
    encryptionAlgorithm: ECDSA-P256
    apiServer:
      certSANs:
        - localhost
        - 127.0.0.1
      extraArgs: []
    etcd:
      local:
        extraArgs:
          - name: heartbeat-interval
            value: "20"
          - name: election-timeout
            value: "100"
    controllerManager:
      extraArgs:
        - name: leader-elect
          value: "false"
        - name: kube-api-qps
          value: "500"
        - name: kube-api-burst
          value: "1000"
    scheduler:
      extraArgs:
        - name: leader-elect
          value: "false"
        - name: kube-api-qps
          value: "500"
        - name: kube-api-burst
          value: "1000"
    networking:
      podSubnet: 10.244.0.0/16
      serviceSubnet: 10.96.0.0/16
    ---
    apiVersion: kubeadm.k8s.io/v1beta4
    kind: InitConfiguration
    bootstrapTokens:
      - token: abcdef.0123456789abcdef
    localAPIEndpoint:
      advertiseAddress: 10.213.0.10
      bindPort: 6443
    nodeRegistration:
      name: demo-control-plane
      criSocket: unix:///run/containerd/containerd.sock
      taints: []
      kubeletExtraArgs:
        - name: node-ip
          value: 10.213.0.10
        - name: provider-id
          value: kind://docker/demo/demo-control-plane
    skipPhases:
      - preflight
    ---
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    cgroupRoot: /kubelet
    failSwapOn: false
    imageGCHighThresholdPercent: 100
    evictionHard:
      nodefs.available: 0%
      nodefs.inodesFree: 0%
      imagefs.available: 0%
    ---
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: iptables
    iptables:
      minSyncPeriod: 100ms
    conntrack:
      maxPerCore: 0
    "
  `);
});

test("writes the configuration of a worker that joins by a file", () => {
  expect(renderKubeadmConfig(planKubeadmConfig(worker))).toMatchInlineSnapshot(`
    "apiVersion: kubeadm.k8s.io/v1beta4
    kind: ClusterConfiguration
    kubernetesVersion: v1.34.4
    clusterName: demo
    controlPlaneEndpoint: demo-control-plane:6443
    encryptionAlgorithm: ECDSA-P256
    apiServer:
      certSANs:
        - localhost
        - 127.0.0.1
      extraArgs: []
    etcd:
      local:
        extraArgs:
          - name: heartbeat-interval
            value: "20"
          - name: election-timeout
            value: "100"
    controllerManager:
      extraArgs:
        - name: leader-elect
          value: "false"
        - name: kube-api-qps
          value: "500"
        - name: kube-api-burst
          value: "1000"
    scheduler:
      extraArgs:
        - name: leader-elect
          value: "false"
        - name: kube-api-qps
          value: "500"
        - name: kube-api-burst
          value: "1000"
    networking:
      podSubnet: 10.244.0.0/16
      serviceSubnet: 10.96.0.0/16
    ---
    apiVersion: kubeadm.k8s.io/v1beta4
    kind: JoinConfiguration
    nodeRegistration:
      name: demo-worker
      criSocket: unix:///run/containerd/containerd.sock
      kubeletExtraArgs:
        - name: node-ip
          value: 10.213.0.20
        - name: provider-id
          value: kind://docker/demo/demo-worker
    discovery:
      file:
        kubeConfigPath: /kind/discovery.conf
      tlsBootstrapToken: abcdef.0123456789abcdef
    skipPhases:
      - preflight
    ---
    apiVersion: kubelet.config.k8s.io/v1beta1
    kind: KubeletConfiguration
    cgroupRoot: /kubelet
    failSwapOn: false
    imageGCHighThresholdPercent: 100
    evictionHard:
      nodefs.available: 0%
      nodefs.inodesFree: 0%
      imagefs.available: 0%
    ---
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: iptables
    iptables:
      minSyncPeriod: 100ms
    conntrack:
      maxPerCore: 0
    "
  `);
});

test.each([
  ["v1.22.0", "kubeadm.k8s.io/v1beta2"],
  ["v1.30.0", "kubeadm.k8s.io/v1beta3"],
  ["v1.36.1", "kubeadm.k8s.io/v1beta4"],
])("Kubernetes %s gets documents of %s", (kubernetesVersion, apiVersion) => {
  const { ClusterConfiguration, InitConfiguration } = render({ kubernetesVersion });
  expect(ClusterConfiguration?.["apiVersion"]).toBe(apiVersion);
  expect(InitConfiguration?.["apiVersion"]).toBe(apiVersion);
});

test("before v1beta4 flags are a map, and keys are what kubeadm makes by itself", () => {
  const { ClusterConfiguration, InitConfiguration } = render({ kubernetesVersion: "v1.30.0" });
  expect(ClusterConfiguration).not.toHaveProperty("encryptionAlgorithm");
  expect(ClusterConfiguration?.["scheduler"]).toMatchObject({
    extraArgs: { "leader-elect": "false", "kube-api-qps": "500" },
  });
  expect(InitConfiguration).toMatchObject({
    nodeRegistration: { kubeletExtraArgs: { "node-ip": "10.213.0.10" } },
  });
});

test("v1beta2 has no field for skipped phases", () => {
  const { InitConfiguration } = render({ kubernetesVersion: "v1.22.0" });
  expect(InitConfiguration).not.toHaveProperty("skipPhases");
});

test("several control planes elect a leader, and their etcd has patience", () => {
  const text = JSON.stringify(render({ controlPlanes: 3 }));
  expect(text).not.toContain("leader-elect");
  expect(text).not.toContain("election-timeout");
});

test("only an ephemeral cluster's etcd does not wait for the disk", () => {
  expect(JSON.stringify(render({}))).not.toContain("unsafe-no-fsync");
  expect(JSON.stringify(render({ isEphemeral: true }))).toContain("unsafe-no-fsync");
});

test("feature gates reach every component", () => {
  const documents = render({ featureGates: { Beta: false, Alpha: true } });
  const flag = { name: "feature-gates", value: "Alpha=true,Beta=false" };
  expect(documents["ClusterConfiguration"]).toMatchObject({
    apiServer: { extraArgs: [flag] },
    controllerManager: { extraArgs: expect.arrayContaining([flag]) as unknown },
    scheduler: { extraArgs: expect.arrayContaining([flag]) as unknown },
  });
  expect(documents["KubeletConfiguration"]?.["featureGates"]).toEqual({ Alpha: true, Beta: false });
  expect(documents["KubeProxyConfiguration"]?.["featureGates"]).toEqual({
    Alpha: true,
    Beta: false,
  });
});

test("runtimeConfig becomes a flag of the API server, sorted", () => {
  const { ClusterConfiguration } = render({
    runtimeConfig: { "batch/v2alpha1": "true", "api/alpha": "false" },
  });
  expect(ClusterConfiguration?.["apiServer"]).toMatchObject({
    extraArgs: [{ name: "runtime-config", value: "api/alpha=false,batch/v2alpha1=true" }],
  });
});

test("the API server's certificate holds each name once", () => {
  const { ClusterConfiguration } = render({
    apiServerAddress: "0.0.0.0",
    certSANs: ["localhost", "my.example"],
  });
  expect(ClusterConfiguration?.["apiServer"]).toMatchObject({
    certSANs: ["localhost", "127.0.0.1", "0.0.0.0", "my.example"],
  });
});

const taint = { key: "dedicated", value: "db", effect: "NoSchedule" } as const;
const ofControlPlane = {
  key: "node-role.kubernetes.io/control-plane",
  value: "",
  effect: "NoSchedule",
};
test.each([
  { name: "a control plane alone has none", changes: {}, expected: [] },
  {
    name: "a control plane alone has the user's",
    changes: { taints: [taint] },
    expected: [taint],
  },
  {
    name: "a control plane with workers has kubeadm's default",
    changes: { workers: 1 },
    expected: undefined,
  },
  {
    name: "a control plane with workers keeps kubeadm's beside the user's",
    changes: { workers: 1, taints: [taint] },
    expected: [ofControlPlane, taint],
  },
  {
    name: "an old control plane is a master",
    changes: { workers: 1, taints: [taint], kubernetesVersion: "v1.23.0" },
    expected: [{ ...ofControlPlane, key: "node-role.kubernetes.io/master" }, taint],
  },
])("taints: $name", ({ changes, expected }) => {
  const registration = render(changes)["InitConfiguration"]?.["nodeRegistration"];
  expect((registration as Record<string, unknown>)["taints"]).toEqual(expected);
});

test("labels are sorted, and absent when there are none", () => {
  expect(render({ labels: { b: "2", a: "1", empty: "" } })["InitConfiguration"]).toMatchObject({
    nodeRegistration: {
      kubeletExtraArgs: [
        { name: "node-ip" },
        { name: "provider-id", value: "kind://docker/demo/demo-control-plane" },
        { name: "node-labels", value: "a=1,b=2,empty=" },
      ],
    },
  });
  expect(renderKubeadmConfig(planKubeadmConfig(base))).not.toContain("node-labels");
});

test("the cgroup driver and root are the node's wish", () => {
  const documents = render({ cgroupDriver: "cgroupfs", cgroupRoot: "/" });
  expect(documents["KubeletConfiguration"]).toMatchObject({
    cgroupDriver: "cgroupfs",
    cgroupRoot: "/",
  });
  expect(render()["KubeletConfiguration"]).not.toHaveProperty("cgroupDriver");
});

test("cgroup v1 stays possible where the kubelet would refuse it", () => {
  const { KubeletConfiguration } = render({ kubernetesVersion: "v1.35.0" });
  expect(KubeletConfiguration?.["failCgroupV1"]).toBe(false);
  expect(render()["KubeletConfiguration"]).not.toHaveProperty("failCgroupV1");
});

test("without kube-proxy neither its phase runs nor its document is there", () => {
  const documents = render({ kubeProxyMode: "none" });
  expect(documents).not.toHaveProperty("KubeProxyConfiguration");
  expect(documents["InitConfiguration"]?.["skipPhases"]).toEqual(["preflight", "addon/kube-proxy"]);
});

test("nftables takes packets out of window, and leaves iptables' setting out", () => {
  const { KubeProxyConfiguration } = render({ kubeProxyMode: "nftables" });
  expect(KubeProxyConfiguration).toMatchObject({
    mode: "nftables",
    conntrack: { maxPerCore: 0, tcpBeLiberal: true },
  });
  expect(KubeProxyConfiguration).not.toHaveProperty("iptables");
});

test("an engine without root gets no sysctls, and the kubelet its feature gate", () => {
  const documents = render({ isRootless: true, kubeProxyMode: "nftables" });
  expect(documents["KubeProxyConfiguration"]?.["conntrack"]).toEqual({
    maxPerCore: 0,
    tcpEstablishedTimeout: "0s",
    tcpCloseWaitTimeout: "0s",
  });
  expect(documents["KubeletConfiguration"]?.["featureGates"]).toEqual({
    KubeletInUserNamespace: true,
  });
});

test("the cluster's patches apply before the node's", () => {
  const level = (text: string) => ({
    kubeadmConfigPatches: [`kind: KubeletConfiguration\nmaxPods: ${text}`],
    kubeadmConfigPatchesJSON6902: [],
  });
  const { KubeletConfiguration } = render({ patches: [level("10"), level("20")] });
  expect(KubeletConfiguration?.["maxPods"]).toBe(20);
});

test("patches for v1beta3 get documents of v1beta3 as long as Kubernetes reads it", () => {
  const patches = [
    {
      kubeadmConfigPatches: [],
      kubeadmConfigPatchesJSON6902: [
        {
          group: "kubeadm.k8s.io",
          version: "v1beta3",
          kind: "ClusterConfiguration",
          patch: "- {op: add, path: /apiServer/extraArgs/v, value: '4'}",
        },
      ],
    },
  ];
  const { ClusterConfiguration } = render({ patches });
  expect(ClusterConfiguration).toMatchObject({
    apiVersion: "kubeadm.k8s.io/v1beta3",
    apiServer: { extraArgs: { v: "4" } },
  });
  const later = render({ patches, kubernetesVersion: "v1.36.0" })["ClusterConfiguration"];
  expect(later).toMatchObject({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    apiServer: { extraArgs: [] },
  });
});

test("a config that carries patches for both formats gets the newest", () => {
  const patches = [
    {
      kubeadmConfigPatches: [
        "kind: ClusterConfiguration\napiVersion: kubeadm.k8s.io/v1beta3\nclusterName: old",
        "kind: ClusterConfiguration\napiVersion: kubeadm.k8s.io/v1beta4\nclusterName: new",
      ],
      kubeadmConfigPatchesJSON6902: [],
    },
  ];
  expect(render({ patches })["ClusterConfiguration"]).toMatchObject({
    apiVersion: "kubeadm.k8s.io/v1beta4",
    clusterName: "new",
  });
});
