import { Skipped } from "../../../steps/flow.ts";
import type { Checked, UpTask } from "../up-stages.ts";

/** Beside the build: neither needs the other. */
export const ensureCluster: UpTask<Checked, { readonly created: boolean }> = {
  id: "ensure-cluster",
  title: ({ cluster }) => `Cluster "${cluster.name}"`,
  async run({ cluster }, _, { signal }) {
    const ensured = await cluster.ensureCluster({ signal, stepId: "ensure-cluster" });
    return ensured.created ? ensured : new Skipped("it is there", ensured);
  },
};
