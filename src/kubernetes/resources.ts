/** A kind of object that Airfield itself makes or looks at, and where the API server has it. */
export interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** It belongs to no namespace. */
  readonly isOfCluster?: boolean;
}

const RBAC = "rbac.authorization.k8s.io/v1";

/** https://kubernetes.io/docs/reference/kubernetes-api/ */
export const resources: readonly Resource[] = [
  { kind: "Pod", apiVersion: "v1", plural: "pods" },
  { kind: "Service", apiVersion: "v1", plural: "services" },
  { kind: "ConfigMap", apiVersion: "v1", plural: "configmaps" },
  { kind: "Secret", apiVersion: "v1", plural: "secrets" },
  { kind: "ServiceAccount", apiVersion: "v1", plural: "serviceaccounts" },
  { kind: "Deployment", apiVersion: "apps/v1", plural: "deployments" },
  { kind: "ReplicaSet", apiVersion: "apps/v1", plural: "replicasets" },
  { kind: "StatefulSet", apiVersion: "apps/v1", plural: "statefulsets" },
  { kind: "Job", apiVersion: "batch/v1", plural: "jobs" },
  { kind: "Role", apiVersion: RBAC, plural: "roles" },
  { kind: "RoleBinding", apiVersion: RBAC, plural: "rolebindings" },
  { kind: "ClusterRole", apiVersion: RBAC, plural: "clusterroles", isOfCluster: true },
  {
    kind: "ClusterRoleBinding",
    apiVersion: RBAC,
    plural: "clusterrolebindings",
    isOfCluster: true,
  },
  { kind: "EndpointSlice", apiVersion: "discovery.k8s.io/v1", plural: "endpointslices" },
  {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    plural: "horizontalpodautoscalers",
  },
];

/** "/api/v1/namespaces/default/pods", or one object of them. */
export function resourcePath(
  { apiVersion, plural, isOfCluster }: Resource,
  { namespace, name }: { readonly namespace: string; readonly name?: string },
): string {
  return [
    ...["", apiVersion === "v1" ? "api" : "apis", apiVersion],
    ...(isOfCluster === true ? [] : ["namespaces", encodeURIComponent(namespace)]),
    plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join("/");
}
