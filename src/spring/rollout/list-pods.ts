import type { KubernetesObject, Labels } from "../../ports/cluster-api.ts";
import type { SpringCluster } from "../cluster-access.ts";

/** The pods with these labels, but for those that are being removed. Throws `cluster-request-failed`. */
export async function listPods(
  { api }: Pick<SpringCluster, "api">,
  place: { readonly namespace: string; readonly labels: Labels },
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const pods = await api.list({ kinds: ["Pod"], ...place }, { signal });
  return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}
