import type { PermissionConfig } from "../../config/cluster-config.ts";
import type { Manifest } from "./manifest.ts";

/**
 * ServiceAccount, and a Role with its binding; for what goes beyond the namespace a ClusterRole, which is named for the
 * namespace too, since all namespaces share those names.
 */
export function planAccess(
  metadata: Manifest["metadata"],
  permissions: readonly PermissionConfig[],
): readonly Manifest[] {
  const { name, namespace = "default" } = metadata;
  const account: Manifest = { apiVersion: "v1", kind: "ServiceAccount", metadata };
  const subject = { kind: "ServiceAccount", name, namespace };
  const { namespace: _namespace, ...clusterMetadata } = metadata;
  const inNamespace = permissions.filter(({ clusterWide }) => !clusterWide);
  const inCluster = permissions.filter(({ clusterWide }) => clusterWide);
  return [
    account,
    ...roleOf("Role", metadata, inNamespace, subject),
    ...roleOf(
      "ClusterRole",
      { ...clusterMetadata, name: `${namespace}-${name}` },
      inCluster,
      subject,
    ),
  ];
}

function roleOf(
  kind: "Role" | "ClusterRole",
  metadata: Manifest["metadata"],
  permissions: readonly PermissionConfig[],
  subject: Readonly<Record<string, string>>,
): readonly Manifest[] {
  if (permissions.length === 0) return [];
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const rules = permissions.map(({ apiGroups, resources, verbs }) => ({
    apiGroups,
    resources,
    verbs,
  }));
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name },
      subjects: [subject],
    },
  ];
}
