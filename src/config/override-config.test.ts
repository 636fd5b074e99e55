import { expect, test } from "vitest";
import { defaultConfig, plainNode } from "./default-config.ts";
import { overrideConfig } from "./override-config.ts";

function rolesOf(config: ReturnType<typeof overrideConfig>): string {
  return config.cluster.nodes.map(({ role }) => role[0]).join("");
}

test("says nothing, changes nothing", () => {
  expect(overrideConfig(defaultConfig(), {})).toEqual(defaultConfig());
});

test("a name goes before the file's, and is checked", () => {
  expect(overrideConfig(defaultConfig(), { name: "demo" }).cluster.name).toBe("demo");
  expect(() => overrideConfig(defaultConfig(), { name: "Demo" })).toThrow("upper-case");
});

test.each([
  { overrides: { workers: 2 }, roles: "cww" },
  { overrides: { workers: 0 }, roles: "c" },
])("$overrides gives the nodes $roles", ({ overrides, roles }) => {
  expect(rolesOf(overrideConfig(defaultConfig(), overrides))).toBe(roles);
});

test("a count keeps the file's first nodes of the role with what they have", () => {
  const config = defaultConfig();
  const labelled = { ...plainNode("worker"), labels: { first: "yes" } };
  const nodes = [labelled, plainNode("control-plane"), plainNode("worker")];
  const file = { ...config, cluster: { ...config.cluster, nodes } };
  expect(overrideConfig(file, { workers: 1 }).cluster.nodes).toEqual([
    labelled,
    plainNode("control-plane"),
  ]);
  expect(overrideConfig(file, { workers: 3 }).cluster.nodes).toEqual([
    ...nodes,
    plainNode("worker"),
  ]);
  expect(file.cluster.nodes).toEqual(nodes);
});

test("an image is that of all nodes, added ones too", () => {
  const { cluster } = overrideConfig(defaultConfig(), { image: "my/node:1", workers: 1 });
  expect(cluster.nodes.map(({ image }) => image)).toEqual(["my/node:1", "my/node:1"]);
});

test("refuses more workers than the pod subnet has room for", () => {
  const config = defaultConfig();
  const networking = { ...config.cluster.networking, podSubnet: "10.8.0.0/23" };
  const small = { ...config, cluster: { ...config.cluster, networking } };
  expect(rolesOf(overrideConfig(small, { workers: 1 }))).toBe("cw");
  expect(() => overrideConfig(small, { workers: 2 })).toThrow(
    '--workers does not take "2": the pod subnet 10.8.0.0/23 has room for 2 nodes',
  );
});
