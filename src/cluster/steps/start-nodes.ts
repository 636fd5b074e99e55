import { ToolError } from "../../errors/tool-error.ts";
import { apiServerPort, type NodePlan } from "../../nodes/plan-nodes.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import { startWithFreePort } from "../../network/start-with-free-port.ts";
import type { Step } from "../step.ts";

/**
 * systemd's line on the console once containerd runs and commands may be executed. Before it a
 * `docker exec` disturbs the set-up of cgroups: https://github.com/kubernetes-sigs/kind/issues/2409
 */
const bootedLine = /Reached target .*Multi-User System/;

/** A node boots in a second; a machine that is busy with other things may take far longer. */
const bootDeadlineMs = 120_000;

export const startNodes: Step<CreationContext> = {
  id: "start-nodes",
  title: ({ plan }) =>
    plan.nodes.length === 1 ? "Starting node" : `Starting ${plan.nodes.length} nodes`,
  after: ["create-network"],
  async run(context, { signal, progress }) {
    let booted = 0;
    await allDone(
      context.plan.nodes.map(async (node) => {
        await startNode(node, context, signal);
        progress(
          `${++booted} of ${context.plan.nodes.length} booted`,
          booted / context.plan.nodes.length,
        );
      }),
    );
    context.found.kubernetesVersion = await readKubernetesVersion(context, signal);
  },
};

async function startNode(
  node: NodePlan,
  context: CreationContext,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context.ports;
  const started = await startWithFreePort(node.container, node.chosenHostPorts, context.ports, {
    signal,
  });
  if (node === firstControlPlane(context.plan)) {
    const published = started.ports?.find(({ containerPort }) => containerPort === apiServerPort);
    context.found.apiServerHostPort = published?.hostPort ?? 0;
  }
  await waitUntilBooted(node.name, { engine, signal });
}

async function waitUntilBooted(
  node: string,
  { engine, signal }: Pick<CreationContext["ports"], "engine"> & { readonly signal: AbortSignal },
): Promise<void> {
  const deadline = AbortSignal.timeout(bootDeadlineMs);
  const lastLines: string[] = [];
  try {
    for await (const line of engine.logs(node, {
      follow: true,
      signal: AbortSignal.any([signal, deadline]),
    })) {
      if (bootedLine.test(line)) return;
      lastLines.push(line);
      if (lastLines.length > 15) lastLines.shift();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!deadline.aborted) throw error;
    throw bootFailed(
      node,
      `it did not finish booting within ${bootDeadlineMs / 1000} s`,
      lastLines,
    );
  }
  throw bootFailed(node, "its container stopped", lastLines);
}

function bootFailed(node: string, reason: string, lastLines: readonly string[]): ToolError {
  const console = lastLines.map((line) => `\n    ${line}`).join("");
  return new ToolError("node-boot-failed", {
    node,
    reason: `${reason}. Its console's last lines:${console}`,
  });
}

async function readKubernetesVersion(
  { plan, ports }: CreationContext,
  signal: AbortSignal,
): Promise<string> {
  const node = firstControlPlane(plan);
  const { exitCode, stdout } = await ports.engine.exec(node.name, ["cat", "/kind/version"], {
    signal,
  });
  if (exitCode !== 0)
    throw new ToolError("not-a-node-image", {
      image: node.container.image,
      missing: "/kind/version",
    });
  return stdout.trim();
}
