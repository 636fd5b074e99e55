import { ToolError } from "../../errors/tool-error.ts";
import { kubectl, nodeOf } from "../../nodes/node.ts";
import { allDone } from "../../steps/all-done.ts";
import { consoleOf, type CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step, StepControl } from "../../steps/step.ts";

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
    const deadline = AbortSignal.timeout(context.plan.waitMs);
    const signal = AbortSignal.any([control.signal, deadline]);
    const waiting = { ...control, signal };
    await allDone([
      waitUntilNodesReady(context, waiting, deadline),
      waitUntilDnsAnswers(context, waiting, deadline),
    ]);
    return undefined;
  },
};

async function waitUntilNodesReady(
  context: CreationContext,
  { signal, progress }: StepControl,
  deadline: AbortSignal,
): Promise<void> {
  const { plan } = context;
  const waitingFor = new Set(plan.nodes.map(({ name }) => name));
  try {
    await consoleOf(context, firstControlPlane(plan).name).until(({ word, values }) => {
      const [name = "", status] = values;
      if (word !== "node" || status !== "True" || !waitingFor.delete(name)) return false;
      progress(`${plan.nodes.length - waitingFor.size} of ${plan.nodes.length} nodes Ready`);
      return waitingFor.size === 0;
    }, signal);
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new ToolError("nodes-not-ready", {
      nodes: [...waitingFor],
      waited: `${plan.waitMs / 1000} s`,
      details: await describeTrouble(context, ["get", "nodes", "-o", "wide"]),
    });
  }
}

async function waitUntilDnsAnswers(
  context: CreationContext,
  { signal, progress }: StepControl,
  deadline: AbortSignal,
): Promise<void> {
  const { plan } = context;
  try {
    await consoleOf(context, firstControlPlane(plan).name).until(
      ({ word }) => word === "dns",
      signal,
    );
    progress("DNS answers");
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new ToolError("dns-not-answering", {
      waited: `${plan.waitMs / 1000} s`,
      details: await describeTrouble(context, ["-n", "kube-system", "get", "pods", "-o", "wide"]),
    });
  }
}

/** What the cluster says of itself, for the error's text; an API server that is gone says nothing. */
async function describeTrouble(
  { plan, ports }: CreationContext,
  command: readonly string[],
): Promise<string> {
  try {
    const node = nodeOf(ports.engine, firstControlPlane(plan).name);
    return (await node.run(kubectl("--request-timeout=5s", ...command))).trimEnd();
  } catch {
    return "";
  }
}
