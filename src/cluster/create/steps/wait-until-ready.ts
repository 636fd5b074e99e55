import { ToolError } from "../../../errors/tool-error.ts";
import { kubectl, runOnNode } from "../../../nodes/run-on-node.ts";
import { allDone } from "../../../steps/all-done.ts";
import { readTrouble } from "../../../nodes/bootstrap/component-logs.ts";
import { consoleOf, type CreationContext } from "../creation-context.ts";
import { awaiting } from "../creation-limit.ts";
import { firstControlPlane } from "../../../nodes/plan-nodes.ts";
import type { Step, StepControl } from "../../../steps/step.ts";

/** kubectl answers within its own timeout; a node that hangs does not even start it. */
const ASK_MS = 10_000;

/** Done when every node is Ready and the cluster's DNS answers, asked through its Service address. */
export const waitUntilReady: Step<CreationContext> = {
  id: "wait-until-ready",
  title: () => "Waiting until all nodes are Ready and DNS answers",
  after: ["init-control-plane"],
  appliesTo: ({ plan }) => plan.waitMs > 0,
  async run(context, control) {
    // Without a CNI no node gets Ready; the user installs one afterwards.
    if (context.plan.config.networking.disableDefaultCNI)
      return { skipped: "the default CNI is disabled" };
    await allDone([waitUntilNodesReady(context, control), waitUntilDnsAnswers(context, control)]);
    return undefined;
  },
};

async function waitUntilNodesReady(
  context: CreationContext,
  { signal, progress }: StepControl,
): Promise<void> {
  const { plan, ports } = context;
  const waitingFor = new Set(plan.nodes.map(({ name }) => name));
  const late = async (waited: string) => {
    const [first = firstControlPlane(plan).name] = waitingFor;
    const [nodes, trouble] = await Promise.all([
      ask(context, ["get", "nodes", "-o", "wide"]),
      readTrouble(first, ports),
    ]);
    return new ToolError("nodes-not-ready", {
      nodes: [...waitingFor],
      waited,
      details: joined(nodes, trouble),
    });
  };
  await awaiting(context, { late }, () =>
    consoleOf(context, firstControlPlane(plan).name).until(({ word, values }) => {
      const [name = "", status] = values;
      if (word !== "node" || status !== "True" || !waitingFor.delete(name)) return false;
      progress(`${plan.nodes.length - waitingFor.size} of ${plan.nodes.length} nodes Ready`);
      return waitingFor.size === 0;
    }, signal),
  );
}

async function waitUntilDnsAnswers(
  context: CreationContext,
  { signal, progress }: StepControl,
): Promise<void> {
  const node = firstControlPlane(context.plan).name;
  const late = async (waited: string) => {
    const [pods, trouble] = await Promise.all([
      ask(context, ["-n", "kube-system", "get", "pods", "-o", "wide"]),
      readTrouble(node, context.ports),
    ]);
    return new ToolError("dns-not-answering", { waited, details: joined(pods, trouble) });
  };
  await awaiting(context, { late }, () =>
    consoleOf(context, node).until(({ word }) => word === "dns", signal),
  );
  progress("DNS answers");
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n");
}

/** Output of kubectl for the error's text; empty when the API server does not answer. */
async function ask({ plan, ports }: CreationContext, command: readonly string[]): Promise<string> {
  try {
    const { name } = firstControlPlane(plan);
    const asking = kubectl("--request-timeout=5s", ...command);
    const signal = ports.clock.deadline(ASK_MS);
    return (await runOnNode(ports.engine, name, asking, { signal })).trimEnd();
  } catch {
    return "";
  }
}
