import { ToolError } from "../../errors/tool-error.ts";
import { bootstrapFiles } from "../bootstrap/bootstrap-files.ts";
import { watchNodeConsole } from "../bootstrap/node-console.ts";
import { readNodeImage } from "../bootstrap/read-node-image.ts";
import { apiServerPort } from "../../kubernetes/api-server-port.ts";
import type { NodePlan } from "../../nodes/plan-nodes.ts";
import { startWithFreePort } from "../../network/start-with-free-port.ts";
import { allDone } from "../../steps/all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../../steps/step.ts";

/** A node boots in a second; a machine that is busy with other things may take far longer. */
const bootDeadlineMs = 120_000;

/**
 * Makes and starts the containers of all nodes. Each has all it needs in it before it starts, and goes on by
 * itself from there; the steps after this one follow what it tells.
 */
export const startNodes: Step<CreationContext> = {
  id: "start-nodes",
  title: ({ plan }) =>
    plan.nodes.length === 1 ? "Starting node" : `Starting ${plan.nodes.length} nodes`,
  after: ["create-network"],
  async run(context, { signal, progress }) {
    const { nodes } = context.plan;
    let booted = 0;
    await allDone(
      nodes.map(async (node) => {
        await startNode(node, context, signal);
        progress(`${++booted} of ${nodes.length} booted`, booted / nodes.length);
      }),
    );
  },
};

async function startNode(
  node: NodePlan,
  context: CreationContext,
  signal: AbortSignal,
): Promise<void> {
  const { plan, ports, found } = context;
  const started = await startWithFreePort(node.container, node.chosenHostPorts, ports, {
    signal,
    async prepare() {
      const image = await readNodeImage(node, plan.config, ports, signal);
      found.kubernetesVersion = image.kubernetesVersion;
      await ports.engine.putFiles(node.name, bootstrapFiles(node, image, context), { signal });
    },
  });
  if (node === firstControlPlane(plan)) {
    const published = started.ports?.find(({ containerPort }) => containerPort === apiServerPort);
    found.apiServerHostPort = published?.hostPort ?? 0;
  }
  const console = watchNodeConsole(node.name, ports.engine);
  found.consoles.set(node.name, console);
  const deadline = AbortSignal.timeout(bootDeadlineMs);
  try {
    await console.until(({ word }) => word === "began", AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (!deadline.aborted || signal.aborted) throw error;
    const reason = `it did not finish booting within ${bootDeadlineMs / 1000} s.`;
    throw new ToolError("node-boot-failed", { node: node.name, reason }, { cause: error });
  }
}
