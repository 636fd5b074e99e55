import { expect, test } from "vitest";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { isToolError } from "../errors/tool-error.ts";
import { defaultConfig } from "./default-config.ts";
import { loadConfig } from "./load-config.ts";

const head = "apiVersion: airfield.dev/v1\nkind: Cluster\n";

function load(text: string) {
  return loadConfig({ text, file: "airfield.yaml", folder: "/home/dev/shop" });
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

/** "LINE PATH: REASON", with the two lines of `head` before the text. */
function faults(text: string): readonly string[] {
  return faultsOf(head + text).map(
    ({ line, path, reason }) => `${line} ${path === "" ? "" : `${path}: `}${reason}`,
  );
}

test("a file that says nothing is the default", () => {
  expect(load(head)).toMatchObject(defaultConfig());
});

test("reads every field", () => {
  const { cluster, applications, dependencies } = load(`${head}
name: shop
nodes:
  - role: control-plane
    image: kindest/node:v1.34.0@sha256:${"0".repeat(64)}
    labels: {tier: front, example.com/zone: a}
    taints:
      - {key: dedicated, value: db, effect: NoExecute}
      - {key: spare, effect: NoSchedule}
    extraMounts:
      - hostPath: data
        containerPath: /data
        readOnly: true
        selinuxRelabel: true
        propagation: HostToContainer
      - {hostPath: /etc/ssl, containerPath: /ssl}
    extraPortMappings:
      - containerPort: 30080
        hostPort: 8080
        listenAddress: 0.0.0.0
        protocol: UDP
      - containerPort: 30081
    kubeadmConfigPatches: ["kind: InitConfiguration"]
    kubeadmConfigPatchesJSON6902:
      - {group: kubeadm.k8s.io, version: v1beta4, kind: InitConfiguration, patch: "[]"}
  - role: worker
networking:
  ipFamily: ipv4
  podSubnet: 10.100.0.0/16
  serviceSubnet: 10.101.0.0/16
  nodeSubnet: 10.102.0.0/24
  apiServerAddress: 0.0.0.0
  apiServerPort: 6443
  kubeProxyMode: nftables
  disableDefaultCNI: true
  dnsSearch: [corp.example]
registry: {enabled: false, port: 5001}
featureGates: {AllAlpha: true}
runtimeConfig: {api/alpha: true}
kubeadmConfigPatches: ["kind: ClusterConfiguration"]
containerdConfigPatches: ["version = 2"]
containerdConfigPatchesJSON6902: ["[]"]
applications:
  - name: users
    path: ../user-service
    module: app
    run: job
    namespace: shop
    profiles: []
    replicas: 3
    env: {JAVA_OPTS: -Xmx1g, PORT: 8080, DEBUG: true, EMPTY: ""}
    resources:
      requests: {cpu: 1, memory: 1Gi}
      limits: {cpu: "2", memory: 2Gi}
    hostPort: 8081
    checkPath: /actuator/health
    dependsOn: [orders, users-db]
    connection: binding
    config: {files: [limits.yml]}
    secrets: {api.key: "\${env:API_KEY}", tls: "\${file:./tls.key}", pin: 0123}
    secretsAs: environment
    permissions: [{resources: [pods], verbs: [get, list], clusterWide: true}]
  - {name: orders, path: orders}
dependencies:
  - {name: users-db, type: postgresql, namespace: shop, storage: 2Gi}
`);
  expect(cluster).toMatchObject({
    name: "shop",
    registry: { enabled: false, port: 5001 },
    featureGates: { AllAlpha: true },
    runtimeConfig: { "api/alpha": "true" },
    kubeadmConfigPatches: ["kind: ClusterConfiguration"],
    containerdConfigPatches: ["version = 2"],
    containerdConfigPatchesJSON6902: ["[]"],
    networking: {
      podSubnet: "10.100.0.0/16",
      serviceSubnet: "10.101.0.0/16",
      nodeSubnet: "10.102.0.0/24",
      apiServerAddress: "0.0.0.0",
      apiServerPort: 6443,
      kubeProxyMode: "nftables",
      disableDefaultCNI: true,
      dnsSearch: ["corp.example"],
    },
  });
  expect(cluster.nodes[0]).toMatchObject({
    image: `kindest/node:v1.34.0@sha256:${"0".repeat(64)}`,
    labels: { tier: "front", "example.com/zone": "a" },
    taints: [
      { key: "dedicated", value: "db", effect: "NoExecute" },
      { key: "spare", value: "", effect: "NoSchedule" },
    ],
    extraMounts: [
      {
        hostPath: "/home/dev/shop/data",
        containerPath: "/data",
        readOnly: true,
        selinuxRelabel: true,
        propagation: "HostToContainer",
      },
      {
        hostPath: "/etc/ssl",
        containerPath: "/ssl",
        readOnly: false,
        selinuxRelabel: false,
        propagation: "None",
      },
    ],
    extraPortMappings: [
      { containerPort: 30080, hostPort: 8080, listenAddress: "0.0.0.0", protocol: "UDP" },
      { containerPort: 30081, hostPort: 0, listenAddress: "127.0.0.1", protocol: "TCP" },
    ],
  });
  expect(cluster.nodes[1]).not.toHaveProperty("image");
  expect(applications).toEqual([
    {
      name: "users",
      path: "/home/dev/user-service",
      module: "app",
      namespace: "shop",
      run: "job",
      profiles: [],
      addsProfiles: false,
      replicas: 3,
      env: { JAVA_OPTS: "-Xmx1g", PORT: "8080", DEBUG: "true", EMPTY: "" },
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } },
      hostPort: 8081,
      build: { with: "auto", startupArchive: "auto", toEngine: false },
      checkPath: "/actuator/health",
      dependsOn: ["orders", "users-db"],
      connection: "binding",
      config: { files: ["/home/dev/shop/limits.yml"] },
      secrets: { "api.key": "${env:API_KEY}", tls: "${file:/home/dev/shop/tls.key}", pin: "0123" },
      secretsAs: "environment",
      permissions: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"], clusterWide: true },
      ],
      origin: { file: "airfield.yaml", line: 46, path: "applications[0]" },
    },
    expect.objectContaining({ name: "orders" }),
  ]);
  expect(dependencies).toEqual([
    {
      name: "users-db",
      type: "postgresql",
      namespace: "shop",
      storage: "2Gi",
      database: "app",
      origin: expect.objectContaining({ path: "dependencies[0]" }),
    },
  ]);
});

test("an application needs no more than its folder", () => {
  expect(load(`${head}applications: [{path: .}]`).applications).toEqual([
    {
      path: "/home/dev/shop",
      namespace: "default",
      run: "service",
      profiles: ["k8s"],
      addsProfiles: true,
      env: {},
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      hostPort: 0,
      build: { with: "auto", startupArchive: "auto", toEngine: false },
      checkPath: "/",
      dependsOn: [],
      config: { files: [] },
      secrets: {},
      secretsAs: "configtree",
      permissions: [],
      origin: expect.objectContaining({ path: "applications[0]" }),
    },
  ]);
});

test.each([
  {
    name: "a larger request raises the default limit",
    given: "{requests: {memory: 1Gi}}",
    expected: { requests: { cpu: "100m", memory: "1Gi" }, limits: { memory: "1Gi" } },
  },
  {
    name: "a smaller limit lowers the default request",
    given: "{limits: {memory: 128Mi, cpu: 50m}}",
    expected: {
      requests: { cpu: "50m", memory: "128Mi" },
      limits: { cpu: "50m", memory: "128Mi" },
    },
  },
  {
    name: "other resources are kept",
    given: "{limits: {nvidia.com/gpu: 1}}",
    expected: {
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { memory: "512Mi", "nvidia.com/gpu": "1" },
    },
  },
])("resources: $name", ({ given, expected }) => {
  const { applications } = load(`${head}applications: [{path: ., resources: ${given}}]`);
  expect(applications[0]?.resources).toEqual(expected);
});

test("texts given as numbers are taken as they are written", () => {
  const { cluster } = load(`${head}nodes: [{labels: {version: 1.10, hex: 0x1F, on: true}}]`);
  expect(cluster.nodes[0]?.labels).toEqual({ version: "1.10", hex: "0x1F", on: "true" });
});

test("fields left empty are unset", () => {
  expect(
    load(`${head}name:\nnodes:\nnetworking:\n  podSubnet:\nregistry:\napplications:\n`),
  ).toMatchObject(defaultConfig());
});

test("a network's host bits are dropped", () => {
  const { cluster } = load(`${head}networking: {podSubnet: 10.7.3.9/16}`);
  expect(cluster.networking.podSubnet).toBe("10.7.0.0/16");
});

test("anchors and merge keys work", () => {
  const { cluster } = load(`${head}nodes:
  - &node
    role: control-plane
    labels: {tier: a}
  - <<: *node
    role: worker
`);
  expect(cluster.nodes.map(({ role, labels }) => [role, labels])).toEqual([
    ["control-plane", { tier: "a" }],
    ["worker", { tier: "a" }],
  ]);
});

test.each([
  ["name: Shop", '3 name: "Shop": "S" is an upper-case letter'],
  ["name: a_b", '3 name: "a_b": it contains "_"'],
  ["name: 5", "3 name: must be a text, not 5; put it in quotes"],
  ["nmae: x", "3 nmae: there is no such field; did you mean name?"],
  [
    "podSubnet: 10.0.0.0/8",
    "3 podSubnet: there is no such field here; it belongs under networking",
  ],
  [
    "nodes:\n- role: control-plane\n  name: x",
    "5 nodes[0].name: there is no such field here; it belongs to the top of the file or under registry or under applications[]",
  ],
  ["nodes: 3", '3 nodes: must be a list (lines that begin with "- "), not 3'],
  ["nodes: [~]", "3 nodes[0]: is empty; it must be a mapping (key: value)"],
  ["nodes: [worker]", '3 nodes[0]: must be a mapping (key: value), not the text "worker"'],
  [
    "nodes: [{role: worker}]",
    "3 nodes: there is no control plane; give one node the role control-plane",
  ],
  [
    "nodes: [{role: master}]",
    '3 nodes[0].role: the text "master" is not possible; it must be one of control-plane, worker',
  ],
  [
    "nodes: [{role: controlplane}]",
    '3 nodes[0].role: the text "controlplane" is not possible; it must be one of control-plane, worker; did you mean control-plane?',
  ],
  [
    "networking: {apiServerPort: 70000}",
    "3 networking.apiServerPort: 70000 is too large; 65535 at most",
  ],
  ["networking: {apiServerPort: -1}", "3 networking.apiServerPort: -1 is too small; 0 at least"],
  [
    "networking: {apiServerPort: 1.5}",
    "3 networking.apiServerPort: must be a whole number, not 1.5",
  ],
  ["networking: {apiServerPort: .nan}", "networking.apiServerPort: must be a number"],
  [
    'networking: {apiServerPort: "6443"}',
    '3 networking.apiServerPort: must be a number, not the text "6443"; write it without quotes',
  ],
  ["networking: {disableDefaultCNI: yes}", 'must be true or false, not the text "yes"; write true'],
  [
    "networking: {ipFamily: ipv6}",
    '3 networking.ipFamily: "ipv6": only ipv4 clusters are supported so far',
  ],
  ["networking: {ipFamily: dual}", '3 networking.ipFamily: "dual": only ipv4 clusters'],
  ["networking: {podSubnet: fd00::/56}", "only IPv4 is supported so far"],
  ["networking: {podSubnet: 10.244.0.0}", '"10.244.0.0": it is no IPv4 network'],
  ["networking: {podSubnet: 10.256.0.0/16}", '"10.256.0.0/16": it is no IPv4 network'],
  ["networking: {podSubnet: 10.0.0.0/25}", "/25 is too small: every node takes a /24"],
  ["networking: {podSubnet: 0.0.0.0/0}", "/0 is too large"],
  ["networking: {serviceSubnet: 10.0.0.0/8}", "/8 is too large: the API server takes /12"],
  ["networking: {nodeSubnet: 10.9.0.0/28}", "/28 is too small"],
  [
    "networking: {nodeSubnet: 10.244.5.0/24}",
    "3 networking.nodeSubnet: 10.244.5.0/24 overlaps with podSubnet 10.244.0.0/16",
  ],
  [
    "networking:\n  podSubnet: 10.96.0.0/12",
    "4 networking.podSubnet: 10.96.0.0/12 overlaps with serviceSubnet 10.96.0.0/16",
  ],
  [
    "networking: {podSubnet: 10.8.0.0/24}\nnodes: [{}, {role: worker}]",
    "3 networking.podSubnet: 10.8.0.0/24 has room for one node (each takes a /24), and there are 2",
  ],
  ["networking: {apiServerAddress: localhost}", '"localhost": it is no IPv4 address'],
  ["networking: {apiServerAddress: 127.0.0.01}", "it is no IPv4 address"],
  [
    "networking: {dnsSearch: [bad domain]}",
    '3 networking.dnsSearch[0]: "bad domain": it is no domain',
  ],
  ["registry: {port: abc}", "3 registry.port: must be a number"],
  ["featureGates: {A: 1}", "3 featureGates.A: must be true or false, not 1"],
  ['featureGates: {"A,B=true": true}', "a feature gate is a word"],
  ["runtimeConfig: {api/all: maybe}", '"maybe": it must be "true" or "false"'],
  ["nodes: [{labels: {a: }}]", "3 nodes[0].labels.a: is empty; it must be a text"],
  ["nodes: [{labels: {a: [x]}}]", "3 nodes[0].labels.a: must be a text, not a list"],
  ['nodes: [{labels: {"-a": x}}]', '"-a" is no possible key'],
  ['nodes: [{labels: {"a/b/c": x}}]', 'it has more than one "/"'],
  [
    'nodes: [{labels: {"node-role.kubernetes.io/": x}}]',
    '3 nodes[0].labels."node-role.kubernetes.io/": "node-role.kubernetes.io/" is no possible key',
  ],
  [
    "nodes: [{labels: {node-role.kubernetes.io/worker: a b}}]",
    '3 nodes[0].labels."node-role.kubernetes.io/worker": "a b": it must be up to 63',
  ],
  ["nodes: [{labels: {a: b c}}]", '"b c": it must be up to 63'],
  [`nodes: [{labels: {a: ${"x".repeat(64)}}}]`, "it must be up to 63"],
  ["nodes: [{taints: [{key: a}]}]", "nodes[0].taints[0].effect: is missing; it must be NoSchedule"],
  ["nodes: [{taints: [{key: a, effect: noschedule}]}]", "did you mean NoSchedule?"],
  [
    "nodes: [{taints: [{key: a, effect: NoExecute}, {key: a, value: b, effect: NoExecute}]}]",
    "3 nodes[0].taints[1]: the taint a:NoExecute is given twice",
  ],
  ["nodes: [{image: --privileged}]", '"--privileged": it is no image reference'],
  ["nodes: [{image: Foo/Bar}]", "it is no image reference"],
  ["nodes: [{image: 'a b'}]", "it is no image reference"],
  ["nodes: [{extraMounts: [{hostPath: a}]}]", "containerPath: is missing; it must be a text"],
  ["nodes: [{extraMounts: [{hostPath: '', containerPath: /a}]}]", '"": it is empty'],
  ["nodes: [{extraMounts: [{hostPath: ~/x, containerPath: /a}]}]", '"~" is not expanded here'],
  ["nodes: [{extraMounts: [{hostPath: a, containerPath: b}]}]", '"b": it must begin with "/"'],
  ["nodes: [{extraMounts: [{hostPath: a, containerPath: /var/}]}]", "the node itself uses /var"],
  ["nodes: [{extraMounts: [{hostPath: a, containerPath: /a/../b}]}]", 'it contains ".."'],
  [
    "nodes: [{extraMounts: [{hostPath: a, containerPath: /x}, {hostPath: b, containerPath: /x/}]}]",
    "3 nodes[0].extraMounts[1].containerPath: /x is taken by extraMounts[0] already",
  ],
  [
    "nodes: [{extraPortMappings: [{hostPort: 1}]}]",
    "containerPort: is missing; it must be a number",
  ],
  ["nodes: [{extraPortMappings: [{containerPort: 0}]}]", "0 is too small; 1 at least"],
  ["nodes: [{extraPortMappings: [{containerPort: 1, protocol: tcp}]}]", "did you mean TCP?"],
  [
    "nodes: [{extraPortMappings: [{containerPort: 1, listenAddress: host}]}]",
    "it is no IP address",
  ],
  ["applications: [{}]", "3 applications[0].path: is missing; it must be a text"],
  ["applications: [{path: ., name: 1a}]", "applications[0].name: "],
  ["applications: [{path: ., namespace: A}]", "applications[0].namespace: "],
  ["applications: [{path: ., replicas: 0}]", "0 is too small; 1 at least"],
  ["applications: [{path: ., profiles: [a,b c]}]", 'applications[0].profiles[1]: "b c"'],
  ["applications: [{path: ., env: {1A: x}}]", '"1A" is no possible key'],
  ["applications: [{path: ., env: {A: }}]", "applications[0].env.A: is empty"],
  ["applications: [{path: ., module: ../x}]", "it is neither a Maven module nor"],
  ["applications: [{path: ., checkPath: health}]", '"health": it must begin with "/"'],
  ["applications: [{path: ., checkPath: '/a b'}]", "characters that a URL has to encode"],
  ["applications: [{path: ., resources: {limits: {memory: 5XB}}}]", '"5XB": it is no quantity'],
  ["applications: [{path: ., resources: {limits: {memory: 0}}}]", "it must be more than 0"],
  [
    "applications: [{path: ., resources: {requests: {cpu: 2}, limits: {cpu: 500m}}}]",
    "3 applications[0].resources.limits.cpu: the limit 500m is less than the request 2",
  ],
  [
    "applications: [{path: a, name: x}, {path: b, name: x}]",
    "applications[1].name: applications[0] has this name in namespace default too",
  ],
  [
    "applications: [{path: a}, {path: a}]",
    "applications[1].path: applications[0] is the same project; give one of them a name",
  ],
])("refuses %j", (text, expected) => {
  const found = faults(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test.each([
  {
    name: "two mappings",
    text: "nodes: [{extraPortMappings: [{containerPort: 1, hostPort: 80}]}, {role: worker, extraPortMappings: [{containerPort: 2, hostPort: 80}]}]",
    path: "nodes[1].extraPortMappings[0].hostPort",
  },
  {
    name: "a mapping on every address",
    text: "nodes: [{extraPortMappings: [{containerPort: 1, hostPort: 80, listenAddress: 127.0.0.2}, {containerPort: 2, hostPort: 80, listenAddress: 0.0.0.0}]}]",
    path: "nodes[0].extraPortMappings[1].hostPort",
  },
  {
    name: "a mapping and the API server",
    text: "networking: {apiServerPort: 6443}\nnodes: [{extraPortMappings: [{containerPort: 1, hostPort: 6443}]}]",
    path: "nodes[0].extraPortMappings[0].hostPort",
  },
  {
    name: "two applications",
    text: "applications: [{path: a, hostPort: 8080}, {path: b, hostPort: 8080}]",
    path: "applications[1].hostPort",
  },
  {
    name: "the registry and an application",
    text: "registry: {port: 5001}\napplications: [{path: a, hostPort: 5001}]",
    path: "applications[0].hostPort",
  },
])("one host port cannot be for $name", ({ text, path }) => {
  expect(faultsOf(head + text).map((fault) => fault.path)).toEqual([path]);
});

test.each([
  "nodes: [{extraPortMappings: [{containerPort: 1}, {containerPort: 2}]}]",
  "nodes: [{extraPortMappings: [{containerPort: 1, hostPort: 80}, {containerPort: 1, hostPort: 80, protocol: UDP}]}]",
  "nodes: [{extraPortMappings: [{containerPort: 1, hostPort: 80}, {containerPort: 1, hostPort: 80, listenAddress: 127.0.0.2}]}]",
])("these ports do not collide: %s", (text) => {
  expect(faults(text)).toEqual([]);
});

test("the overlap of the default with the user's subnet is told where the user wrote", () => {
  expect(faults("networking: {serviceSubnet: 10.244.0.0/20}")).toEqual([
    "3 networking.serviceSubnet: 10.244.0.0/20 overlaps with podSubnet 10.244.0.0/16",
  ]);
});

test("smaller subnets for the nodes make room for more of them", () => {
  const patch = `kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  controllerManager: {extraArgs: {node-cidr-mask-size: "26"}}
`;
  const text = "networking: {podSubnet: 10.8.0.0/24}\nnodes: [{}, {role: worker}]\n";
  expect(faults(text + patch)).toEqual([]);
});

test("all faults of a file are told at once, in the order of its lines", () => {
  expect(
    faults(`nodes:
  - role: wroker
    extraMounts: [{hostPath: a, containerPath: b}]
  - role: worker
    kubeadmConfigPatches:
      - |
        kind: JoinConfiguration
        a: [1
networking:
  podSubnet: 10.0.0.0/99
  serviceSubnet: 10.5.0.0/16
  nodeSubnet: 10.5.0.0/24
registry: 5
nonsense: 1`),
  ).toEqual([
    expect.stringContaining("4 nodes[0].role: "),
    expect.stringContaining("5 nodes[0].extraMounts[0].containerPath: "),
    expect.stringContaining("10 nodes[1].kubeadmConfigPatches[0]: "),
    expect.stringContaining("12 networking.podSubnet: "),
    expect.stringContaining("14 networking.nodeSubnet: 10.5.0.0/24 overlaps with serviceSubnet"),
    expect.stringContaining("15 registry: "),
    expect.stringContaining("16 nonsense: "),
  ]);
});

test("the message holds each fault with file and line, as editors and CI link them", () => {
  expect(() => load(`${head}nmae: x`)).toThrow(
    "airfield.yaml has a fault; nothing was created:\n  airfield.yaml:3: nmae: there is no such field; did you mean name?",
  );
});

const patchFaults = {
  kubeadmConfigPatches: [
    ["kind: ClusterConfiguration\na: [1", /^7 .*\[0\]: Flow sequence/],
    ["a: 1", /^6 .*needs a kind/],
    ["kind: Node", /^6 .*no document of kind "Node"/],
    ["kind: KubeletConfiguration\napiVersion: v1", /^6 .*"v1" does not go with/],
    ["- 1", /^6 .*a patch is a mapping/],
    ["# nothing", /^6 .*the patch is empty/],
    ["kind: ClusterConfiguration\n---\nkind: Nope", /^8 .*"Nope"/],
  ],
  containerdConfigPatches: [
    ["[plugins]\nx =", /^7 .*it is no TOML/],
    ["version = 'two'", /^6 .*version must be a whole number/],
  ],
  containerdConfigPatchesJSON6902: [
    ["{}", /^6 .*a JSON 6902 patch is a list/],
    ["- op: ad\n  path: /x", /^6 .*operation 1: op is "ad"/],
    ["- {op: add, path: x, value: 1}", /^6 .*path is "x"; it must begin with/],
    ["- {op: add, path: /x}", /^6 .*add needs a value/],
    ["- {op: move, path: /x}", /^6 .*from is missing/],
    ["- {op: remove, path: /a~2b}", /^6 .*path is/],
  ],
} as const;

test.each(
  Object.entries(patchFaults).flatMap(([field, cases]) =>
    cases.map(([text, expected]) => ({ field, text, expected })),
  ),
)("refuses the patch $text in $field, with the line in the file", ({ field, text, expected }) => {
  const indented = text.replaceAll("\n", "\n    ");
  const found = faults(`${field}:\n\n  - |\n    ${indented}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});

test.each([
  ["{kind: Nope, patch: '[]'}", 'kind: there is no document of kind "Nope"'],
  ["{group: apps, version: v1, kind: ClusterConfiguration, patch: '[]'}", '"apps/v1" does not go'],
  ["{kind: ClusterConfiguration, patch: 'x'}", "patch: a JSON 6902 patch is a list of operations"],
  ["{kind: ClusterConfiguration}", "patch: is missing; it must be a text"],
  ["{kind: ClusterConfiguration, patch: '[]', name: x}", "name: there is no such field"],
])("refuses the JSON 6902 patch %s", (patch, expected) => {
  const found = faults(`kubeadmConfigPatchesJSON6902: [${patch}]`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(expected);
});

test.each([
  ["", "0 the file is empty"],
  ["# only a comment\n", "0 the file is empty"],
  ["~", "0 the file is empty"],
  ["hello", "1 the file must be a mapping"],
  ["- a", "1 the file must be a mapping"],
  [
    "apiVersion: v2\nkind: Cluster",
    '1 apiVersion: "v2" is not possible; it must be airfield.dev/v1',
  ],
  ["apiVersion: apps/v1\nkind: Deployment", '1 apiVersion: "apps/v1" is not possible'],
  [`${head}---\n${head}`, "3 the file holds several documents"],
  [`${head}name: a\nname: b\n`, '4 "name" is given twice, first in line 3'],
  [`${head}nodes:\n\t- role: worker\n`, "4 a tab is used for indentation"],
  [`${head}name: "a\n`, "Missing closing"],
  [`${head}nodes: [\n`, "Flow sequence"],
  [`${head}name: a: b\n`, "Nested mappings are not allowed"],
  [`${head}name: *nobody\n`, "3 name: there is no anchor &nobody"],
  [`${head}name: !!binary aGk=\n`, "3 name: the tag tag:yaml.org,2002:binary is not supported"],
  [`${head}name: !mine x\n`, "3 Unresolved tag: !mine"],
  [`${head}? [a]\n: b\n`, "3 "],
  [`${head}<<: 5\n`, '3 "<<" takes a mapping'],
])("refuses the file %j", (text, expected) => {
  const found = faultsOf(text).map(
    ({ line, path, reason }) => `${line} ${path === "" ? "" : `${path}: `}${reason}`,
  );
  expect(found[0]).toContain(expected);
});

test("a file without apiVersion is told so, together with its other faults", () => {
  expect(faultsOf("kind: Cluster\nnmae: x\n").map(({ reason }) => reason)).toEqual([
    "is missing; it must be airfield.dev/v1",
    "there is no such field; did you mean name?",
  ]);
});

test.each([String.raw`name: "\e[31mred\u202e"`, String.raw`"\e[31mred\u202e": 1`])(
  "control characters of a file do not reach the terminal: %s",
  (text) => {
    const [message] = faults(text);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message).toContain("[31mred");
  },
);

test("keys named like JavaScript's own change nothing", () => {
  expect(faults("__proto__: {name: x}\nconstructor: 1")).toHaveLength(2);
  const { cluster } = load(`${head}nodes: [{labels: {constructor: a, toString: b}}]`);
  expect(cluster.nodes[0]?.labels).toEqual({ constructor: "a", toString: "b" });
});

const service = (name: string, fields = "") => `  - {name: ${name}, path: ${name}${fields}}\n`;

test.each([
  {
    name: "a circle of applications",
    text: `applications:\n${service("a", ", dependsOn: [b]")}${service("b", ", dependsOn: [a]")}`,
    fault: "4 applications[0].dependsOn: this goes in a circle: a → b → a",
  },
  {
    name: "a dependency that nobody has",
    text: `applications:\n${service("a", ", dependsOn: [orders-bd]")}dependencies:\n  - {name: orders-db, type: redis}\n`,
    fault:
      "4 applications[0].dependsOn[0]: there is no application and no dependency orders-bd; did you mean orders-db?",
  },
  {
    name: "an application and a dependency of one name",
    text: `applications:\n${service("a")}dependencies:\n  - {name: a, type: redis}\n`,
    fault: "6 dependencies[0].name: applications[0] has this name in namespace default too",
  },
  {
    name: "two of one type where only one can be named",
    text: `applications:\n${service("a", ", dependsOn: [x, y]")}dependencies:\n  - {name: x, type: redis}\n  - {name: y, type: redis}\n`,
    fault:
      "4 applications[0].dependsOn[1]: x is a redis too, and Spring's variables can name one only; use connection: binding",
  },
  {
    name: "a dependency in another namespace",
    text: `applications:\n${service("a", ", dependsOn: [x]")}dependencies:\n  - {name: x, type: redis, namespace: data}\n`,
    fault:
      "4 applications[0].dependsOn[0]: x is in namespace data, and the application in default, where it cannot read its Secret",
  },
  {
    name: "two config files of one name",
    text: `applications:\n${service("a", ", config: {files: [x/a.yml, y/a.yml]}")}`,
    fault: "4 applications[0].config.files[1]: files[0] is named a.yml too",
  },
  {
    name: "a reference to a secret that is none",
    text: `applications:\n${service("a", ', secrets: {k: "${env:1X}"}')}`,
    fault:
      '4 applications[0].secrets.k: "${env:1X}": "${env:1X}" is neither ${env:NAME} nor ${file:PATH}',
  },
])("refuses $name, with its line", ({ text, fault }) => {
  expect(faults(text)).toEqual([fault]);
});

test("an application without a name may be meant by dependsOn", () => {
  expect(
    faults(`applications:\n  - {path: orders}\n${service("a", ", dependsOn: [order-service]")}`),
  ).toEqual([]);
});
