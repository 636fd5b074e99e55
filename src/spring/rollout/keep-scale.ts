import { isToolError } from "../../errors/tool-error.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { SpringCluster } from "../cluster-access.ts";

interface Autoscaler {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
  };
}

/**
 * Whether a HorizontalPodAutoscaler, the user's own, decides how many pods a Deployment has. Who may not list them
 * counts as having none.
 */
export async function isAutoscaled(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { api }: Pick<SpringCluster, "api">,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const kinds = ["HorizontalPodAutoscaler"] as const;
    const autoscalers = await api.list({ kinds, namespace }, { signal });
    return (autoscalers as readonly Autoscaler[]).some(
      ({ spec }) =>
        spec?.scaleTargetRef?.kind === "Deployment" && spec.scaleTargetRef.name === name,
    );
  } catch (error) {
    if (isToolError(error, "cluster-request-failed")) return false;
    throw error;
  }
}

/**
 * The objects with as many pods as there are now, so that a new version does not undo what the autoscaler has decided.
 * Not by leaving the number out: an apply then takes away the one that it set before, which means one pod.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
export function withScaleOf<Applied extends { readonly kind?: string }>(
  deployment: KubernetesObject | undefined,
  objects: readonly Applied[],
): readonly Applied[] {
  const replicas = deployment?.spec?.replicas;
  // Scaled to none, it would never be ready; that is for the autoscaler to change.
  if (replicas === undefined || replicas === 0) return objects;
  return objects.map((object) => {
    if (object.kind !== "Deployment") return object;
    const { spec } = object as { readonly spec?: object };
    return { ...object, spec: { ...spec, replicas } };
  });
}
