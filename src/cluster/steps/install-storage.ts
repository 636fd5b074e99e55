import { kubectl, nodeOf } from "../../nodes/node.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

/** The default StorageClass that the node image brings along. */
export const installStorage: Step<CreationContext> = {
  id: "install-storage",
  title: () => "Installing StorageClass",
  after: ["init-control-plane"],
  async run({ plan, ports }, { signal }) {
    const node = nodeOf(ports.engine, firstControlPlane(plan).name);
    await node.run(kubectl("apply", "-f", "/kind/manifests/default-storage.yaml"), { signal });
  },
};
