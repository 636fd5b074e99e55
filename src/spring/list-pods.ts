import type { SpringCluster } from "./cluster-access.ts";
import { kubectl } from "./kubectl.ts";
import type { KubernetesObject } from "../ports/cluster-api.ts";
import { toItems } from "./rollout-state.ts";
import { toSelector } from "./read-application.ts";

/** The pods with these labels, but for those that are being removed. Throws `kubectl-failed`. */
export async function listPods(
  cluster: SpringCluster,
  place: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const where = ["--namespace", place.namespace, "--selector", toSelector(place.labels)];
  const json = await kubectl(cluster, ["get", "pods", ...where, "--output", "json"], { signal });
  return toItems(json).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}
