import type { NodeRole } from "./roles.ts";

/**
 * Names of a cluster's nodes: `<cluster>-worker`, `<cluster>-worker2`, … as kind names them, so that
 * tools which derive names from the cluster's find them.
 * https://kind.sigs.k8s.io/docs/design/initial/
 *
 * @param index 0-based, counted within the role
 */
export function nodeName(cluster: string, role: NodeRole, index: number): string {
  return `${cluster}-${role}${index === 0 ? "" : String(index + 1)}`;
}
