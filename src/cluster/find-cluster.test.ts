import { expect, test } from "vitest";
import { FakeContainerEngine } from "../../test/fakes/container-engine/fake-container-engine.ts";
import { label } from "../nodes/labels.ts";
import { findCluster } from "./find-cluster.ts";

test.each([
  ["worker", "its control plane is gone"],
  ["control-plane", "its control plane demo-control-plane is created"],
])(
  "a cluster of which there is a %s that was never started cannot be used",
  async (role, reason) => {
    const engine = new FakeContainerEngine();
    engine.images.add("node:1");
    await engine.createContainer({
      ...{
        name: `demo-${role}`,
        hostname: `demo-${role}`,
        image: "node:1",
        env: {},
        restart: "no",
      },
      network: { name: "none" },
      labels: { [label.cluster]: "demo", [label.role]: role },
    });
    await expect(findCluster("demo", { engine })).rejects.toMatchObject({
      code: "cluster-incomplete",
      facts: { name: "demo", reason },
    });
  },
);
