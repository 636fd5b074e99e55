import type { Role } from "./roles.ts";
import { isNodeRole } from "./roles.ts";

/** Labels of every container, network and volume; they are the only state there is. */
export const label = {
  cluster: "dev.airfield.cluster",
  role: "dev.airfield.role",
  /** Random id of the creation that made the object: a rollback removes exactly its own. */
  creation: "dev.airfield.creation",
  kubeconfig: "dev.airfield.kubeconfig",
  /** Current context of that kubeconfig before the cluster's took its place. */
  previousContext: "dev.airfield.previous-context",
  /** Name of a registry that is no cluster's own (shared by clusters, or a cache), on its container and volume. */
  registry: "dev.airfield.registry",
  /** What a port container leads to: "namespace/service". */
  service: "dev.airfield.service",
  /** Where a port container forwards to: "ADDRESS:NODEPORT". */
  target: "dev.airfield.target",
  /** kind's labels, on nodes only: tools made for kind find nodes by them. */
  kindCluster: "io.x-k8s.kind.cluster",
  kindRole: "io.x-k8s.kind.role",
} as const;

export function clusterLabels(
  cluster: string,
  role: Role | "network" | "volume",
  creation: string,
): Readonly<Record<string, string>> {
  return {
    [label.cluster]: cluster,
    [label.role]: role,
    [label.creation]: creation,
    ...(isNodeRole(role) ? { [label.kindCluster]: cluster, [label.kindRole]: role } : {}),
  };
}
