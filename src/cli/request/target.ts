import type { ClusterContext } from "../../cluster/context-cluster.ts";
import { imageRepository } from "../../config/field-rules.ts";
import { ToolError } from "../../errors/tool-error.ts";

interface TargetFlags {
  readonly context?: string;
  readonly registry?: string;
  readonly kubeconfig?: string;
}

/** The cluster of --context; undefined: one of Airfield's. */
export function readTarget(
  { context, registry, kubeconfig }: TargetFlags,
  { needsRegistry }: { readonly needsRegistry: boolean },
): ClusterContext | undefined {
  if (context === undefined) {
    if (registry === undefined) return undefined;
    throw new ToolError("invalid-flag", {
      flag: "--registry",
      value: registry,
      reason: "it goes with --context; a cluster of Airfield's gets images without one",
    });
  }
  if (needsRegistry && (registry === undefined || imageRepository(registry) !== undefined)) {
    throw new ToolError("invalid-flag", {
      flag: "--registry",
      value: registry ?? "",
      reason:
        "with --context it takes the registry that the cluster pulls from, as HOST[:PORT]/PATH",
    });
  }
  return { context, kubeconfigPath: kubeconfig, registry: registry?.replace(/\/+$/, "") };
}
