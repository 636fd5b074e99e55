import type { ClusterOrigin } from "../../config/cluster-config.ts";
import { warningOf } from "../../errors/warning-of.ts";
import type { KubeadmDocument } from "../../kubernetes/kubeadm-document.ts";
import { unmatchedPatches, type UnmatchedPatch } from "../../kubernetes/unmatched-patches.ts";
import { planNodeConfig } from "../../nodes/bootstrap/kubeadm-documents.ts";
import { firstControlPlane, type NodePlan } from "../../nodes/plan-nodes.ts";
import type { ProgressEvent } from "../../ports/events.ts";
import type { CreationContext } from "./creation-context.ts";

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
  return [...ofCluster, ...ofNodes].map((patch) =>
    warningOf("patch-without-target", { ...patch, patch: placeOf(patch, origin) }),
  );
}

/** `kubeadm join` reads one document; the others are taken from the first control plane. */
function readDocuments(
  node: NodePlan,
  { plan, bootstrapToken, found }: Pick<CreationContext, "plan" | "bootstrapToken" | "found">,
): readonly KubeadmDocument[] {
  const { kubernetesVersion } = found;
  const documents = planNodeConfig(node, { plan, bootstrapToken, kubernetesVersion });
  return node === firstControlPlane(plan)
    ? documents
    : documents.filter(({ kind }) => kind === "JoinConfiguration");
}

function placeOf({ path, line }: UnmatchedPatch, origin: ClusterOrigin | undefined): string {
  const start = origin?.patchLines[path];
  return origin === undefined || start === undefined
    ? path
    : `${path} (${origin.file}:${start + line - 1})`;
}
