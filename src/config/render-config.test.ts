import { expect, test } from "vitest";
import type { AirfieldConfig } from "./cluster-config.ts";
import { defaultConfig } from "./default-config.ts";
import { loadConfig } from "./load-config.ts";
import { renderConfig, renderStarterConfig } from "./render-config.ts";

function load(text: string): AirfieldConfig {
  return loadConfig({ text, file: "airfield.yaml", folder: "/home/dev" });
}

test("the default config, written out", () => {
  expect(renderConfig(defaultConfig())).toMatchInlineSnapshot(`
    "apiVersion: airfield.dev/v1
    kind: Cluster
    name: airfield
    nodes:
      - role: control-plane
        labels: {}
        taints: []
        extraMounts: []
        extraPortMappings: []
        kubeadmConfigPatches: []
        kubeadmConfigPatchesJSON6902: []
    networking:
      podSubnet: 10.244.0.0/16
      serviceSubnet: 10.96.0.0/16
      apiServerAddress: 127.0.0.1
      apiServerPort: 0
      kubeProxyMode: iptables
      disableDefaultCNI: false
    registry:
      enabled: true
      port: 0
      keepData: false
    registries:
      caches: []
      caFiles: []
      hosts: []
    proxy:
      noProxy: []
      fromHost: true
    featureGates: {}
    runtimeConfig: {}
    kubeadmConfigPatches: []
    kubeadmConfigPatchesJSON6902: []
    containerdConfigPatches: []
    containerdConfigPatchesJSON6902: []
    applications: []
    dependencies: []
    "
  `);
});

test("what is written out loads to the same config, from any folder", () => {
  const config = load(`apiVersion: airfield.dev/v1
kind: Cluster
nodes:
  - &node
    labels: {version: 1.10, on: true, empty: ""}
    image: my/node:1
    extraMounts: [{hostPath: data, containerPath: /data}]
    taints: [{key: a, effect: NoExecute}]
    kubeadmConfigPatches: ["kind: InitConfiguration\\nx: 1\\n"]
  - {<<: *node, role: worker}
networking: {dnsSearch: [], nodeSubnet: 10.9.0.0/24}
runtimeConfig: {api/alpha: true}
applications: [{path: app, env: {PORT: 0x10}, secrets: {k: "\${file:k.txt}"}, dependsOn: [db]}]
dependencies: [{name: db, type: rabbitmq}]
`);
  const text = renderConfig(config);
  expect(text).not.toMatch(/[&*]a\d/);
  expect(loadConfig({ text, file: "x", folder: "/elsewhere" })).toMatchObject({
    cluster: config.cluster,
    applications: config.applications.map(({ origin: _origin, ...rest }) => rest),
    dependencies: config.dependencies.map(({ origin: _origin, ...rest }) => rest),
  });
});

test("the file that `config init` writes is right as it is", () => {
  const { cluster, applications } = load(renderStarterConfig({ name: "shop" }));
  expect(cluster.name).toBe("shop");
  expect(cluster.nodes.map(({ role }) => role)).toEqual(["control-plane", "worker"]);
  expect(applications).toEqual([]);
});

test("the file that `config init` writes for a project names it", () => {
  const { applications } = load(renderStarterConfig({ applicationPath: "./my app: 1" }));
  expect(applications.map(({ path }) => path)).toEqual(["/home/dev/my app: 1"]);
});

test("every example in the file that `config init` writes is right too", () => {
  const text = renderStarterConfig()
    .split("\n")
    .map((line) => line.replace(/^( *)# (?=[ a-z-]+:?)/, "$1"))
    .filter((line) => !line.startsWith("yaml-language-server") && !line.startsWith("Every field"))
    .join("\n");
  const { cluster, applications } = load(text);
  expect(cluster.networking.apiServerPort).toBe(6443);
  expect(cluster.registry.port).toBe(5001);
  expect(cluster.nodes[0]?.extraPortMappings).toHaveLength(1);
  expect(cluster.nodes[1]).toMatchObject({ labels: { tier: "backend" } });
  expect(applications).toMatchObject([{ path: "/home/dev", replicas: 2 }]);
});
