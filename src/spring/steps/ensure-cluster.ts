import type { UpStep } from "../up-context.ts";

/** Beside the build: neither needs the other. */
export const ensureCluster: UpStep = {
  id: "ensure-cluster",
  title: ({ cluster }) => `Cluster "${cluster.name}"`,
  after: ["check-tools"],
  async run({ cluster, found }, { signal }) {
    const { created } = await cluster.ensureCluster({ signal, stepId: "ensure-cluster" });
    found.clusterCreated = created;
    return created ? undefined : { skipped: "it is there" };
  },
};
