import type { PodName } from "../ports/cluster-api.ts";
import { knownResource, resourcePath } from "./resources.ts";

/** https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ */
export function planEviction({ name, namespace }: PodName): {
  readonly path: string;
  readonly eviction: object;
} {
  return {
    path: `${resourcePath(knownResource("Pod"), { namespace, name })}/eviction`,
    eviction: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } },
  };
}

/**
 * The kubelet's summary of a node, without file systems and networks, which cost it most.
 * https://kubernetes.io/docs/reference/instrumentation/node-metrics/
 */
export function summaryPath(node: string): string {
  return `${resourcePath(knownResource("Node"), { name: node })}/proxy/stats/summary?only_cpu_and_memory=true`;
}
