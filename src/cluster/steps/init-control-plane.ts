import { consoleOf, type CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../../steps/step.ts";

/** Follows the control plane until it serves the cluster's objects. */
export const initControlPlane: Step<CreationContext> = {
  id: "init-control-plane",
  title: () => "Starting control plane",
  after: ["start-nodes"],
  async run(context, { signal, progress }) {
    const console = consoleOf(context, firstControlPlane(context.plan).name);
    console.listen(({ word, values }) => {
      if (word === "phase") progress(values.join(" "));
    });
    const { values } = await console.until(({ word }) => word === "control-plane", signal);
    context.found.certificateAuthority = values[0] ?? "";
  },
};
