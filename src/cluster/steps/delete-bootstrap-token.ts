import { kubectl, nodeOf } from "../../nodes/node.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

/** Whoever knows the token can add nodes, so it goes as soon as it has done its work. */
export const deleteBootstrapToken: Step<CreationContext> = {
  id: "delete-bootstrap-token",
  title: () => "Deleting bootstrap token",
  after: ["init-control-plane", "join-workers"],
  async run({ plan, ports, bootstrapToken }, { signal }) {
    const [tokenId] = bootstrapToken.split(".");
    await nodeOf(ports.engine, firstControlPlane(plan).name).run(
      kubectl("-n", "kube-system", "delete", "secret", `bootstrap-token-${tokenId}`),
      { signal },
    );
  },
};
