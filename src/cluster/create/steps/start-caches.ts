import { ensureCache } from "../../../registry/ensure-cache.ts";
import { allDone } from "../../../steps/all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import type { Step } from "../../../steps/step.ts";

/** Caches of other registries: shared by all clusters, so most of them run already. */
export const startCaches: Step<CreationContext> = {
  id: "start-caches",
  title: ({ plan }) => `Starting caches of ${plan.caches.map(({ host }) => host).join(", ")}`,
  after: ["create-network"],
  appliesTo: ({ plan }) => plan.caches.length > 0,
  async run({ plan, ports, access }, { signal }) {
    const network = plan.network.name;
    const options = { access, network, creation: plan.creation, signal };
    await allDone(plan.caches.map((cache) => ensureCache(cache, options, ports)));
  },
};
