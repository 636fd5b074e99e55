import type { ClusterOrigin } from "../config/cluster-config.ts";
import type { KubernetesObject } from "../kubernetes/kubeadm-config.ts";
import { unmatchedPatches, type UnmatchedPatch } from "../kubernetes/unmatched-patches.ts";
import type { NodePlan } from "../nodes/plan-nodes.ts";
import type { ProgressEvent } from "../progress/events.ts";
import type { CreationContext } from "./creation-context.ts";
import { planNodeConfig } from "./kubeadm-documents.ts";
import { firstControlPlane } from "./plan-cluster.ts";

type Warning = Extract<ProgressEvent, { type: "warning" }>;

/** Warnings of the patches that change nothing on this cluster. Pure; the Kubernetes version must be known. */
export function warningsOfPatches(
  context: Pick<CreationContext, "plan" | "bootstrapToken" | "found">,
  origin: ClusterOrigin | undefined,
): readonly Warning[] {
  const { plan } = context;
  const { config } = plan;
  const documents = new Map(
    plan.nodes.map((node) => [node, readDocuments(node, context)] as const),
  );
  const ofNodes = config.nodes.flatMap((patches, index) => {
    const node = plan.nodes.find((each) => each.config === patches);
    return unmatchedPatches(
      patches,
      `nodes[${index}].`,
      node === undefined ? [] : (documents.get(node) ?? []),
    );
  });
  const ofCluster = unmatchedPatches(config, "", [...documents.values()].flat()).filter(
    // A file for clusters of every size has patches for nodes that join.
    ({ kind, known }) => kind !== "JoinConfiguration" || known.length > 0,
  );
  return [...ofCluster, ...ofNodes].map((patch) => warningOf(patch, origin));
}

/** `kubeadm join` reads one document; the others are taken from the first control plane. */
function readDocuments(
  node: NodePlan,
  context: Pick<CreationContext, "plan" | "bootstrapToken" | "found">,
): readonly KubernetesObject[] {
  const documents = planNodeConfig(node, context);
  return node === firstControlPlane(context.plan)
    ? documents
    : documents.filter(({ kind }) => kind === "JoinConfiguration");
}

function warningOf(
  { path, line, kind, apiVersion, known }: UnmatchedPatch,
  origin: ClusterOrigin | undefined,
): Warning {
  const start = origin?.patchLines[path];
  const place =
    origin === undefined || start === undefined ? "" : ` (${origin.file}:${start + line - 1})`;
  const isVersion = known.length > 0;
  return {
    type: "warning",
    code: "patch-without-target",
    message: isVersion
      ? `${path}${place} changes nothing: it is for ${kind} of ${apiVersion}, and this cluster's is of ${known.join(", ")}.`
      : `${path}${place} changes nothing: kubeadm reads no ${kind} there.`,
    hint: isVersion
      ? "Leave apiVersion out of the patch: it fits every version then."
      : "Kubelets and kube-proxies are configured for the whole cluster, InitConfiguration is for the first control plane, JoinConfiguration for all other nodes.",
  };
}
