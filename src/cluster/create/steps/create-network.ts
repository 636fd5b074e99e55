import type { Step } from "../../../steps/step.ts";
import type { CreationContext } from "../creation-context.ts";

export const createNetwork: Step<CreationContext> = {
  id: "create-network",
  title: ({ plan }) => `Creating network ${plan.network.subnet}`,
  after: [],
  async run({ plan, ports }, { signal }) {
    await ports.engine.createNetwork(plan.network, { signal });
  },
};
