/** What a container of a cluster does. Values of the labels `io.x-k8s.kind.role` and `dev.airfield.role`. */
export const roles = ["control-plane", "worker", "registry", "port"] as const;

export type Role = (typeof roles)[number];

/** Roles of containers that are Kubernetes nodes. */
export type NodeRole = Extract<Role, "control-plane" | "worker">;

export function isNodeRole(role: string | undefined): role is NodeRole {
  return role === "control-plane" || role === "worker";
}
