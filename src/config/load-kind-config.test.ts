import { describe, expect, test } from "vitest";
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
  { text: "name: my_cluster", expected: '3 name: "my_cluster": it contains "_"' },
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

describe("what kind's reader takes", () => {
  test.each(["udp", "Udp", "uDP", "UDP"])("the protocol %s", (protocol) => {
    const { cluster } = load(
      `nodes: [{extraPortMappings: [{containerPort: 80, protocol: ${protocol}}]}]`,
    );
    expect(cluster.nodes[0]?.extraPortMappings[0]?.protocol).toBe("UDP");
  });

  test("empty texts as fields that are not set", () => {
    const { cluster } = load(`name: ""
networking: {ipFamily: "", apiServerAddress: "", podSubnet: "", serviceSubnet: "", kubeProxyMode: ""}
nodes:
- role: ""
  image: ""
  extraMounts: [{hostPath: a, containerPath: /a, propagation: ""}]
  extraPortMappings: [{containerPort: 80, listenAddress: "", protocol: ""}]`);
    expect(cluster).toMatchObject({
      name: "airfield",
      networking: { podSubnet: "10.244.0.0/16", kubeProxyMode: "iptables" },
      nodes: [
        {
          role: "control-plane",
          extraMounts: [{ propagation: "None" }],
          extraPortMappings: [{ listenAddress: "0.0.0.0", protocol: "TCP" }],
        },
      ],
    });
    expect(cluster.nodes[0]).not.toHaveProperty("image");
  });

  test("empty items of lists, numbers for texts, anchors, and dots in a name", () => {
    const { cluster } = load(`name: 1.34
nodes:
-
- &w
  role: worker
- *w
runtimeConfig: {api/all: True, api/alpha: 0}`);
    expect(cluster.name).toBe("1.34");
    expect(cluster.nodes.map(({ role }) => role)).toEqual(["control-plane", "worker", "worker"]);
    expect(cluster.runtimeConfig).toEqual({ "api/all": "True", "api/alpha": "0" });
  });

  test('"~" as a folder of that name, with a doubt', () => {
    const { cluster, origin } = load(
      "nodes: [{extraMounts: [{hostPath: ~/data, containerPath: /d}]}]",
    );
    expect(cluster.nodes[0]?.extraMounts[0]?.hostPath).toBe("/home/dev/shop/~/data");
    expect(origin?.doubts).toMatchObject([
      { line: 3, message: expect.stringContaining('"~" is not expanded') as string },
    ]);
  });

  test("the first of several documents, with a doubt; ours may not have several", () => {
    const text = `name: first\n---\nkind: Other\nname: [unread`;
    const { cluster, origin } = load(text);
    expect(cluster.name).toBe("first");
    expect(origin?.doubts).toMatchObject([{ line: 4 }]);
    const ours = `apiVersion: airfield.dev/v1\nkind: Cluster\n${text}`;
    expect(() => loadConfig({ text: ours, file: "airfield.yaml", folder: "/" })).toThrow(
      "airfield.yaml:4: the file holds several documents",
    );
  });

  test.each(["Worker", "CONTROL-PLANE"])("but not the role %s, which kind refuses too", (role) => {
    expect(faultsOf(`nodes: [{role: ${role}}]`)[0]?.reason).toContain("is not possible");
  });
});

describe("a mount over what the node or Airfield writes", () => {
  const faultsOfMount = (mount: string, more = "") =>
    faultsOf(`${more}\nnodes:\n- extraMounts:\n  - {hostPath: ./x, ${mount}}`).map(
      ({ line, reason }) => `${line}: ${reason}`,
    );

  test.each([
    ["/etc/containerd/certs.d", "makes localhost:PORT the cluster's registry; mount the folder of"],
    ["/etc/containerd/certs.d/localhost:5001", "makes localhost:PORT"],
    ["/etc/containerd/", "/etc/containerd/config.toml is written by the node itself"],
    ["/etc/containerd/config.toml", "use containerdConfigPatches"],
    ["/etc", "is written by"],
    ["/etc/resolv.conf", "use networking.dnsSearch"],
    ["/var/lib/kubelet", "is written by kubeadm"],
    ["/var/lib/kubelet/pki/x", "is written by the kubelet"],
    ["/var/lib/containerd", "holds the images"],
    ["/var/lib", "is written by"],
    ["/etc/kubernetes", "is written by kubeadm"],
    ["/etc/kubernetes/manifests/etcd.yaml", "is written by kubeadm"],
    ["/etc/cni/net.d", "set networking.disableDefaultCNI"],
    ["/etc/systemd/system", "is written by Airfield"],
    ["/kind", "is written by Airfield"],
    ["/kind/airfield/x", "is written by Airfield"],
    ["/usr", "holds the node's programs"],
    ["/lib", "holds the node's programs"],
    ["/bin/", "holds the node's programs"],
    ["/run/containerd", "/run/containerd is written by containerd"],
    ["/var/run/containerd/containerd.sock", "/run/containerd is written by containerd"],
    ["/var/run", "is written by containerd"],
    ["/run/systemd", "is written by systemd"],
    ["/run/flannel", "is written by the cluster's network"],
    ["/opt/cni/bin", "mount one program of your own below it"],
    ["/opt", "holds the node's programs"],
    ["/etc/systemd", "is written by"],
    ["/etc/systemd/system/kubelet.service", "kubelet.service.d/50-own.conf"],
    ["/etc/systemd/system/containerd.service", "containerd.service.d/50-own.conf"],
    ["/etc/systemd/system/kubelet.service.d", "is written by Airfield"],
    ["/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "starts the node's programs"],
    ["/lib/systemd/system", "mount one unit of your own below it"],
    ["/var/lib/cni", "is written by the network"],
    ["/sys", "is the kernel's"],
    ["/proc/sys", "is the kernel's"],
  ])("%s is refused with its line, read-only or not", (path, reason) => {
    for (const readOnly of ["", ", readOnly: true"]) {
      const [fault = ""] = faultsOfMount(`containerPath: "${path}"${readOnly}`);
      expect(fault).toMatch(/^6: /);
      expect(fault).toContain(reason);
    }
  });

  test.each([
    "/etc/containerd/certs.d/docker.io",
    "/etc/docker/certs.d/registry.example",
    "/var/lib/kubelet/config.json",
    "/var/lib/kubelet/seccomp/profiles",
    "/etc/kubernetes/policies/audit-policy.yaml",
    "/etc/kubernetes/pki/ca.crt",
    "/etc/kubernetes/manifests/own.yaml",
    "/etc/ssl/certs",
    "/var/log",
    "/var/local-path-provisioner",
    "/usr/local/share/ca-certificates",
    "/data",
    "/var/lib/etcd",
    "/var/log/pods",
    "/run/udev",
    "/var/run/docker.sock",
    "/opt/cni/bin/own-plugin",
    "/opt/tools",
    "/etc/systemd/system/own.service",
    "/etc/systemd/system/kubelet.service.d/50-own.conf",
    "/etc/systemd/system/containerd.service.d/50-own.conf",
    "/usr/lib/systemd/system/own.service",
    "/usr/bin/own",
    "/sys/fs/bpf",
    "/dev",
  ])("%s is not", (path) => {
    expect(faultsOfMount(`containerPath: "${path}"`)).toEqual([]);
  });

  test.each(["/var/lib/etcd", "/var/log/pods", "/var/log/containers"])(
    "%s can be mounted if it can be written to",
    (path) => {
      expect(faultsOfMount(`containerPath: ${path}, readOnly: true`)).toHaveLength(1);
    },
  );

  test("what the config makes Airfield write is named with its line", () => {
    const patch = `containerdConfigPatches:
- |
  [plugins."io.containerd.grpc.v1.cri".registry.configs."quay.io".auth]
  username = "ann"
  password = "secret"`;
    const login = faultsOfMount('containerPath: "/var/lib/kubelet/config.json"', patch);
    expect(login[0]).toContain("with the login (containerdConfigPatches[0], line 4)");
    const hosts = faultsOfMount('containerPath: "/etc/containerd/certs.d/quay.io"', patch);
    expect(hosts[0]).toContain("(containerdConfigPatches[0], line 4); say it in one place only");
  });

  test("without a registry nothing is written to certs.d, and without a CNI nothing to net.d", () => {
    const text = `${head}networking: {disableDefaultCNI: true}
nodes:
- extraMounts:
  - {hostPath: a, containerPath: /etc/containerd/certs.d}
  - {hostPath: b, containerPath: /etc/cni/net.d}`;
    const config = { text, file: "kind.yaml", folder: "/" };
    expect(() => loadConfig({ ...config, hasRegistry: false })).not.toThrow();
    expect(() => loadConfig(config)).toThrow("kind.yaml:6");
  });
});

test("a registry that patches and fields both describe is refused with both lines", () => {
  const text = `apiVersion: airfield.dev/v1
kind: Cluster
registries:
  caches: [docker.io]
containerdConfigPatches:
- |
  # a comment
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
  endpoint = ["http://mirror:5000"]`;
  expect(() => loadConfig({ text, file: "airfield.yaml", folder: "/" })).toThrow(
    "airfield.yaml:8: containerdConfigPatches[0]: registries.caches[0] (line 4) says where docker.io is already",
  );
});

test("a registry setting without a counterpart is refused with its line", () => {
  const [fault] = faultsOf(`containerdConfigPatches:
- |-
  [plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]
    endpoint = ["http://mirror:5000"]
    rewrite = "x"`);
  expect(fault?.line).toBe(7);
});

describe("a patch that could not work is refused with its line", () => {
  const faultsOfPatch = (text: string) =>
    faultsOf(text).map(({ line, path, reason }) => `${line} ${path}: ${reason}`);

  test.each([
    ["Acme_Internal", '"Acme_Internal"; it must be a domain of lower-case'],
    ["acme.internal.", "it must be a domain"],
    ["-acme", "it must be a domain"],
    ["acme..internal", "it must be a domain"],
    ["5", "it must be a text"],
    [`${"a".repeat(64)}.internal`, "it must be a domain"],
    ["[a]", "a list; it must be a text"],
  ])("dnsDomain: %s", (domain, reason) => {
    const merge = `kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  apiVersion: kubeadm.k8s.io/v1beta3
  networking:
    dnsDomain: ${domain}`;
    expect(faultsOfPatch(merge)).toEqual([
      expect.stringMatching(/^8 kubeadmConfigPatches\[0\]: networking\.dnsDomain is /),
    ]);
    expect(faultsOfPatch(merge)[0]).toContain(reason);
    for (const operation of [
      `{op: add, path: /networking/dnsDomain, value: ${domain}}`,
      `{op: replace, path: /networking, value: {dnsDomain: ${domain}}}`,
    ]) {
      const faults = faultsOfPatch(`nodes:
- kubeadmConfigPatchesJSON6902:
  - kind: ClusterConfiguration
    patch: |
      - {op: test, path: /kind, value: ClusterConfiguration}
      - ${operation}`);
      expect(faults).toEqual([
        expect.stringMatching(
          /^8 nodes\[0\]\.kubeadmConfigPatchesJSON6902\[0\]\.patch: operation 2: networking\.dnsDomain is /,
        ),
      ]);
    }
  });

  test.each(["acme.internal", "cluster.local", "k8s", '""', "null"])(
    "but not dnsDomain: %s",
    (domain) => {
      const patch = `kind: ClusterConfiguration\n  networking: {dnsDomain: ${domain}}`;
      expect(faultsOfPatch(`kubeadmConfigPatches:\n- |\n  ${patch}`)).toEqual([]);
    },
  );

  test("dnsDomain of the kubelet is not the cluster's", () => {
    const patch = `kind: KubeletConfiguration\n  networking: {dnsDomain: A_B}`;
    expect(faultsOfPatch(`kubeadmConfigPatches:\n- |\n  ${patch}`)).toEqual([]);
  });

  test.each([
    ["path: maxPods", 'operation 1: path is "maxPods"; it must begin with "/", as /maxPods'],
    ["path: ''", 'path is ""; it must begin with "/"'],
    ["path: /a~2b", 'path is "/a~2b"; a "~" is written ~0, as /a~02b, and a "/" within a name ~1'],
    ["path: /a~", "as /a~0,"],
  ])("%s", (path, reason) => {
    const [fault = ""] = faultsOfPatch(`kubeadmConfigPatchesJSON6902:
- kind: KubeletConfiguration
  patch: |

    - op: add
      ${path}
      value: 1`);
    expect(fault).toMatch(/^7 kubeadmConfigPatchesJSON6902\[0\]\.patch: /);
    expect(fault).toContain(reason);
  });

  test.each([
    ['[plugins.cri.registry.mirrors."docker.io"]', "plugins.cri is a name of version 1"],
    ["[plugins.linux]", "plugins.linux is a name of version 1"],
    ["[plugins.io.containerd.grpc.v1.cri]", "a plugin's name is written in quotes"],
    [
      'plugins."io.containerd.grpc.v1.cri".registry.config_path = 5',
      "config_path is 5; it is a text",
    ],
    [
      'plugins."io.containerd.cri.v1.images".registry.config_path = ["/a"]',
      'config_path is ["/a"]; it is a text',
    ],
    [
      'plugins."io.containerd.grpc.v1.cri".registry.config_path = "/a:certs.d"',
      'config_path is "/a:certs.d"; a folder in the node begins with "/"',
    ],
  ])("of containerd's file: %s", (line, reason) => {
    const [fault = "", ...others] = faultsOfPatch(`containerdConfigPatches:
- |-
  # mine
  ${line}`);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^6 containerdConfigPatches\[0\]: /);
    expect(fault).toContain(reason);
  });

  test.each([
    ["/plugins/cri/registry/config_path, value: /a", "plugins.cri is a name of version 1"],
    ["/plugins/io.containerd.grpc.v1.cri/registry/config_path, value: a", "begins with"],
    ["/plugins/io.containerd.grpc.v1.cri/registry, value: {config_path: 5}", "it is a text"],
  ])("of containerd's file by JSON 6902: %s", (operation, reason) => {
    const [fault = ""] = faultsOfPatch(`containerdConfigPatchesJSON6902:
- |-
  - {op: add, path: /debug, value: {}}
  - {op: add, path: ${operation}}`);
    expect(fault).toMatch(/^6 containerdConfigPatchesJSON6902\[0\]: operation 2: /);
    expect(fault).toContain(reason);
  });

  test.each([
    "version = 1\n  [plugins.cri]\n    x = 1",
    'plugins."io.containerd.grpc.v1.cri".registry.config_path = ""',
    'plugins."io.containerd.grpc.v1.cri".registry.config_path = "/a:/etc/containerd/certs.d"',
    "[proxy_plugins.stargz]\n  type = 'snapshot'",
  ])("but not %s", (patch) => {
    expect(faultsOfPatch(`containerdConfigPatches:\n- |-\n  ${patch}`)).toEqual([]);
  });
});
