import { ToolError } from "../../../errors/tool-error.ts";
import { bootstrapFiles } from "../../../nodes/bootstrap/bootstrap-files.ts";
import { shownLines, watchNodeConsole } from "../../../nodes/bootstrap/node-console.ts";
import { readNodeImage } from "../../../nodes/bootstrap/read-node-image.ts";
import { apiServerPort } from "../../../kubernetes/api-server-port.ts";
import { firstControlPlane, type NodePlan } from "../../../nodes/plan-nodes.ts";
import { startWithFreePort } from "../../../network/start-with-free-port.ts";
import { allDone } from "../../../steps/all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { awaiting, scriptLimitSeconds } from "../creation-limit.ts";
import { clusterRegistry, plannedNodeFiles } from "../plan-cluster.ts";
import { warningsOfPatches } from "../warn-of-patches.ts";
import type { Step } from "../../../steps/step.ts";

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
    const warn = warnOnce(context);
    let booted = 0;
    await allDone(
      nodes.map(async (node) => {
        await startNode(node, context, warn, signal);
        progress(`${++booted} of ${nodes.length} booted`, booted / nodes.length);
      }),
    );
  },
};

/** A container that is made again for another port must not warn again. */
function warnOnce(context: CreationContext): () => void {
  let hasWarned = false;
  return () => {
    if (hasWarned) return;
    hasWarned = true;
    for (const warning of warningsOfPatches(context, context.origin))
      context.ports.reporter.report(warning);
  };
}

async function startNode(
  node: NodePlan,
  context: CreationContext,
  warn: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { plan, ports, found } = context;
  const started = await startWithFreePort(node.container, node.chosenHostPorts, ports, {
    signal,
    async prepare() {
      const image = await readNodeImage(node, plan.config, ports, signal);
      found.kubernetesVersion = image.kubernetesVersion;
      if (node === firstControlPlane(plan)) warn();
      const files = bootstrapFiles(node, image, {
        plan,
        bootstrapToken: context.bootstrapToken,
        registry: clusterRegistry(plan),
        nodeFiles: plannedNodeFiles(plan, context.access),
        limitSeconds: scriptLimitSeconds(plan),
      });
      await ports.engine.putFiles(node.name, files, { signal });
    },
  });
  if (node === firstControlPlane(plan)) {
    const published = started.ports?.find(({ containerPort }) => containerPort === apiServerPort);
    found.apiServerHostPort = published?.hostPort ?? 0;
  }
  const console = watchNodeConsole(node.name, ports);
  found.consoles.set(node.name, console);
  await awaiting(
    context,
    {
      late: (waited) =>
        Promise.resolve(
          new ToolError("node-boot-failed", {
            node: node.name,
            reason: `it did not finish booting within ${waited}. Its console's last lines:${shownLines(console.lastLines())}`,
          }),
        ),
    },
    () => console.until(({ word }) => word === "began", signal),
  );
}
