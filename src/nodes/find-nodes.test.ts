import { expect, test } from "vitest";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import { findControlPlane, findNodeNames } from "./find-nodes.ts";
import { clusterLabels, label } from "./labels.ts";
import { listNodes } from "./list-nodes.ts";
import type { NodeRole } from "./roles.ts";

/** A cluster of Airfield's with a registry, and one that kind made. */
async function engineWithClusters(): Promise<FakeContainerEngine> {
  const engine = new FakeContainerEngine();
  engine.images.add("node:1");
  const create = (name: string, labels: Readonly<Record<string, string>>) =>
    engine.createContainer({
      ...{ name, hostname: name, labels, image: "node:1", env: {}, restart: "no" },
      network: { name: "none" },
    });
  const roles: Readonly<Record<string, NodeRole>> = {
    "demo-worker10": "worker",
    "demo-worker2": "worker",
    "demo-control-plane": "control-plane",
  };
  for (const [name, role] of Object.entries(roles))
    await create(name, clusterLabels("demo", role, "creation"));
  await create("demo-registry", clusterLabels("demo", "registry", "creation"));
  await create("kind-control-plane", {
    [label.kindCluster]: "kind",
    [label.kindRole]: "control-plane",
  });
  return engine;
}

test("finds the nodes of a cluster: control planes first, then workers as people count", async () => {
  const engine = await engineWithClusters();
  const all = ["demo-control-plane", "demo-worker2", "demo-worker10"];
  expect(await findNodeNames({ cluster: "demo" }, engine)).toEqual(all);
  expect((await listNodes({ name: "demo" }, { engine })).map(({ name }) => name)).toEqual(all);
});

test("finds the nodes of a cluster that kind made, which are not listed among Airfield's", async () => {
  const engine = await engineWithClusters();
  expect(await findNodeNames({ cluster: "kind" }, engine)).toEqual(["kind-control-plane"]);
  expect(await findControlPlane("kind", engine)).toMatchObject({ name: "kind-control-plane" });
  expect((await listNodes({}, { engine })).map(({ cluster }) => cluster)).not.toContain("kind");
  await expect(listNodes({ name: "kind" }, { engine })).rejects.toMatchObject({
    code: "cluster-not-found",
    facts: { name: "kind", known: ["demo"] },
  });
});

test("takes each chosen node once, and refuses one that is not the cluster's", async () => {
  const engine = await engineWithClusters();
  const chosen = ["demo-worker2", "demo-worker2"];
  expect(await findNodeNames({ cluster: "demo", nodes: chosen }, engine)).toEqual(["demo-worker2"]);
  await expect(
    findNodeNames({ cluster: "demo", nodes: ["demo-registry"] }, engine),
  ).rejects.toMatchObject({
    code: "node-not-found",
    facts: { known: ["demo-control-plane", "demo-worker2", "demo-worker10"] },
  });
});

test("names the clusters there are when one is not found", async () => {
  const engine = await engineWithClusters();
  for (const finding of [
    findNodeNames({ cluster: "dmo" }, engine),
    findControlPlane("dmo", engine),
  ])
    await expect(finding).rejects.toMatchObject({
      code: "cluster-not-found",
      facts: { name: "dmo", known: ["demo", "kind"] },
    });
});
