import { ToolError } from "../../../errors/tool-error.ts";
import { readTrouble } from "../../../nodes/bootstrap/component-logs.ts";
import { consoleOf, type CreationContext } from "../creation-context.ts";
import { awaiting } from "../creation-limit.ts";
import { firstControlPlane } from "../../../nodes/plan-nodes.ts";
import type { Step } from "../../../steps/step.ts";

/** Follows the control plane until it serves the cluster's objects. */
export const initControlPlane: Step<CreationContext> = {
  id: "init-control-plane",
  title: () => "Starting control plane",
  after: ["start-nodes"],
  async run(context, { signal, progress }) {
    const { plan, ports, found } = context;
    const node = firstControlPlane(plan).name;
    const console = consoleOf(context, node);
    let phase = "";
    console.listen(({ word, values }) => {
      if (word !== "phase") return;
      phase = values.join(" ");
      progress(phase);
    });
    const late = async (waited: string) =>
      new ToolError("control-plane-not-started", {
        ...{ node, waited, phase },
        details: await readTrouble(node, ports),
      });
    const { values } = await awaiting(context, { late }, () =>
      console.until(({ word }) => word === "control-plane", signal),
    );
    found.certificateAuthority = values[0] ?? "";
  },
};
