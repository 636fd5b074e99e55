import { ToolError } from "../../errors/tool-error.ts";
import { kubectl, nodeOf, type Node } from "../../nodes/node.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { encodeDnsQuery, isDnsAnswer } from "../dns-query.ts";
import { clusterDnsAddress } from "../kubeadm-documents.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step, StepControl } from "../step.ts";

/** Between two questions to a DNS server that does not answer yet. */
const dnsRetryMs = 100;

/** The name that every cluster's DNS knows. */
const knownName = "kubernetes.default.svc.cluster.local";

/**
 * Sends the bytes $2 (as `\\xNN`) to the DNS server at $1 and prints the answer in hex. bash alone can do it,
 * and every node image has bash; a constant text, the values are arguments. dd makes one datagram of the
 * bytes: bash itself would send what it has at each byte 0a, its newline.
 */
const askDns = `exec 3<>"/dev/udp/$1/53" &&
  printf "$2" | dd bs=512 iflag=fullblock >&3 2>/dev/null &&
  timeout 1 dd bs=512 count=1 <&3 2>/dev/null | od -An -v -tx1`;

/** Done when every node is Ready and the cluster's DNS answers, asked through its Service address. */
export const waitUntilReady: Step<CreationContext> = {
  id: "wait-until-ready",
  title: () => "Waiting until all nodes are Ready and DNS answers",
  after: [
    "install-cni",
    "install-storage",
    "join-workers",
    "connect-registry",
    "announce-registry",
  ],
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
  { plan, ports }: CreationContext,
  { signal, progress }: StepControl,
  deadline: AbortSignal,
): Promise<void> {
  const node = nodeOf(ports.engine, firstControlPlane(plan).name);
  const waitingFor = new Set(plan.nodes.map(({ name }) => name));
  const done = new AbortController();
  try {
    await node.run(kubectl("get", "nodes", "--watch", "--no-headers"), {
      signal: AbortSignal.any([signal, done.signal]),
      onLine: (line) => {
        const [name, status] = line.trim().split(/\s+/);
        if (name === undefined) return;
        // "Ready", or "Ready,SchedulingDisabled" for a cordoned one
        if (status?.split(",")[0] === "Ready") waitingFor.delete(name);
        progress(`${plan.nodes.length - waitingFor.size} of ${plan.nodes.length} nodes Ready`);
        if (waitingFor.size === 0) done.abort();
      },
    });
  } catch (error) {
    if (done.signal.aborted) return;
    if (!deadline.aborted) throw error;
    throw new ToolError("nodes-not-ready", {
      nodes: [...waitingFor],
      waited: `${plan.waitMs / 1000} s`,
      details: await describeTrouble(node, ["get", "nodes", "-o", "wide"]),
    });
  }
}

async function waitUntilDnsAnswers(
  { plan, ports }: CreationContext,
  { signal, progress }: StepControl,
  deadline: AbortSignal,
): Promise<void> {
  const node = nodeOf(ports.engine, firstControlPlane(plan).name);
  const address = clusterDnsAddress(plan.config.networking.serviceSubnet);
  try {
    // The rollout is watched, not asked for again and again; then a question or two suffice.
    await node.run(kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns"), {
      signal,
    });
    for (let id = 1; !(await answersDns(node.name, address, id, { engine: ports.engine, signal })); id++)
      await ports.clock.sleep(dnsRetryMs, signal);
    progress("DNS answers");
  } catch (error) {
    if (!deadline.aborted) throw error;
    throw new ToolError("dns-not-answering", {
      waited: `${plan.waitMs / 1000} s`,
      details: await describeTrouble(node, ["-n", "kube-system", "get", "pods", "-o", "wide"]),
    });
  }
}

/** False also while the address is refused: nobody serves it yet. */
async function answersDns(
  node: string,
  address: string,
  id: number,
  { engine, signal }: Pick<CreationContext["ports"], "engine"> & { readonly signal: AbortSignal },
): Promise<boolean> {
  const query = [...encodeDnsQuery(knownName, id)]
    .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
    .join("");
  const command = ["bash", "-c", askDns, "ask-dns", address, query];
  const { stdout } = await engine.exec(node, command, { signal });
  const bytes = stdout.trim().split(/\s+/).map((hex) => Number.parseInt(hex, 16));
  return isDnsAnswer(Uint8Array.from(bytes), id);
}

/** What the cluster says of itself, for the error's text; an API server that is gone says nothing. */
async function describeTrouble(node: Node, command: readonly string[]): Promise<string> {
  try {
    return (await node.run(kubectl("--request-timeout=5s", ...command))).trimEnd();
  } catch {
    return "";
  }
}
