import type { KnownKind } from "../ports/cluster-api.ts";

/** A kind of object, and where the API server has it. */
export interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** It belongs to no namespace. */
  readonly isOfCluster?: boolean;
}

const APPS = "apps/v1";
const RBAC = "rbac.authorization.k8s.io/v1";

const places: Readonly<Record<KnownKind, Omit<Resource, "kind">>> = {
  ClusterRole: { apiVersion: RBAC, plural: "clusterroles", isOfCluster: true },
  ClusterRoleBinding: { apiVersion: RBAC, plural: "clusterrolebindings", isOfCluster: true },
  ConfigMap: { apiVersion: "v1", plural: "configmaps" },
  ControllerRevision: { apiVersion: APPS, plural: "controllerrevisions" },
  DaemonSet: { apiVersion: APPS, plural: "daemonsets" },
  Deployment: { apiVersion: APPS, plural: "deployments" },
  EndpointSlice: { apiVersion: "discovery.k8s.io/v1", plural: "endpointslices" },
  Event: { apiVersion: "v1", plural: "events" },
  HorizontalPodAutoscaler: { apiVersion: "autoscaling/v2", plural: "horizontalpodautoscalers" },
  Ingress: { apiVersion: "networking.k8s.io/v1", plural: "ingresses" },
  Job: { apiVersion: "batch/v1", plural: "jobs" },
  Namespace: { apiVersion: "v1", plural: "namespaces", isOfCluster: true },
  Node: { apiVersion: "v1", plural: "nodes", isOfCluster: true },
  PersistentVolumeClaim: { apiVersion: "v1", plural: "persistentvolumeclaims" },
  Pod: { apiVersion: "v1", plural: "pods" },
  ReplicaSet: { apiVersion: APPS, plural: "replicasets" },
  Role: { apiVersion: RBAC, plural: "roles" },
  RoleBinding: { apiVersion: RBAC, plural: "rolebindings" },
  Secret: { apiVersion: "v1", plural: "secrets" },
  Service: { apiVersion: "v1", plural: "services" },
  ServiceAccount: { apiVersion: "v1", plural: "serviceaccounts" },
  StatefulSet: { apiVersion: APPS, plural: "statefulsets" },
};

/** https://kubernetes.io/docs/reference/kubernetes-api/ */
export const resources: readonly Resource[] = Object.entries(places).map(([kind, place]) => ({
  kind,
  ...place,
}));

export function knownResource(kind: KnownKind): Resource {
  return { kind, ...places[kind] };
}

/** "apps" of "apps/v1"; "" of "v1". */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** "/api/v1", "/apis/apps/v1": where a version of a group is found. */
export function groupPath(apiVersion: string): string {
  return `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}`;
}

/** "/api/v1/namespaces/default/pods", or one object of them; of all namespaces where none is named. */
export function resourcePath(
  { apiVersion, plural, isOfCluster }: Resource,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string },
): string {
  const isInNamespace = isOfCluster !== true && namespace !== undefined;
  return [
    groupPath(apiVersion),
    ...(isInNamespace ? ["namespaces", encodeURIComponent(namespace)] : []),
    plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join("/");
}
