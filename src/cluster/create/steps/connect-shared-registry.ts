import type { CreationContext } from "../creation-context.ts";
import type { Step } from "../../../steps/step.ts";

/** Puts a registry that is there already on the cluster's network; the nodes know its name from their start. */
export const connectSharedRegistry: Step<CreationContext> = {
  id: "connect-shared-registry",
  title: ({ plan }) => `Connecting registry "${plan.sharedRegistry?.name ?? ""}"`,
  after: ["create-network"],
  appliesTo: ({ plan }) => plan.sharedRegistry !== undefined,
  async run({ plan, ports }, { signal }) {
    const { sharedRegistry } = plan;
    if (sharedRegistry === undefined) return;
    await ports.engine.connectNetwork(plan.network.name, sharedRegistry.container, { signal });
    await ports.engine.startContainer(sharedRegistry.container, { signal });
  },
};
