import type { PermissionConfig } from "../../config/cluster-config.ts";

/** What an application's configuration says of Spring Cloud Kubernetes. */
export interface CloudKubernetesProperties {
  /** spring.cloud.kubernetes.discovery.all-namespaces */
  readonly allNamespaces: boolean;
  /** spring.cloud.kubernetes.discovery.use-endpoint-slices */
  readonly usesEndpointSlices: boolean;
  /** It reads Secrets through the API, which is off unless it is asked for. */
  readonly readsSecrets: boolean;
  /** spring.cloud.kubernetes.reload.enabled: a changed ConfigMap needs no restart. */
  readonly reloads: boolean;
}

const READ = ["get", "list", "watch"] as const;

/**
 * What the ServiceAccount of an application may do: what the starters of Spring Cloud Kubernetes in its build
 * need, and what the config asks for. Empty: it does not talk to Kubernetes, and gets no ServiceAccount.
 * https://docs.spring.io/spring-cloud-kubernetes/reference/security-service-accounts.html
 */
export function planPermissions({
  libraries,
  properties,
  permissions,
}: {
  /** Artifact ids of the build. */
  readonly libraries: readonly string[];
  readonly properties: CloudKubernetesProperties;
  readonly permissions: readonly PermissionConfig[];
}): readonly PermissionConfig[] {
  const read = (resource: string, apiGroup = ""): PermissionConfig => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs: READ,
    clusterWide: properties.allNamespaces,
  });
  const discovers = usesCloudDiscovery(libraries);
  const configures = usesCloudConfig(libraries);
  return [
    // Each starter asks for its own pod: health, info, and whether it runs inside.
    ...(discovers || configures ? [read("pods")] : []),
    ...(discovers
      ? [
          read("services"),
          properties.usesEndpointSlices
            ? read("endpointslices", "discovery.k8s.io")
            : read("endpoints"),
        ]
      : []),
    ...(configures ? [{ ...read("configmaps"), clusterWide: false }] : []),
    ...(configures && properties.readsSecrets ? [{ ...read("secrets"), clusterWide: false }] : []),
    ...permissions,
  ];
}

/**
 * Whether it may want the token of its ServiceAccount: not without a client of the API server, of which the build knows.
 * A pod without the token cannot be misused by it, and starts 0.3 s earlier: the kubelet looks three times a second
 * whether a pod's volumes are there, and mostly there is no other.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
 */
export function mayCallKubernetes(libraries: readonly string[]): boolean {
  return libraries.some(isOfKubernetes);
}

/** By the artifact id of a dependency. */
export function isOfKubernetes(artifact: string): boolean {
  return /kubernetes|^client-java(-|$)/.test(artifact);
}

/**
 * The client of the API server in a build (fabric8's or the official one), which is there to be called; undefined where
 * there is none. Spring Cloud Kubernetes brings its own, and says what it needs.
 */
export function apiClientOf(libraries: readonly string[]): string | undefined {
  return libraries.find((artifact) =>
    /^((kubernetes|openshift)-client(-api)?|client-java(-.+)?)$/.test(artifact),
  );
}

/** It reads the ConfigMap of its name by itself. */
export function usesCloudConfig(libraries: readonly string[]): boolean {
  return libraries.some((artifact) =>
    /^spring-cloud(-starter)?-kubernetes-(fabric8|client)-(config|all)$/.test(artifact),
  );
}

function usesCloudDiscovery(libraries: readonly string[]): boolean {
  return libraries.some((artifact) =>
    /^spring-cloud(-starter)?-kubernetes-(fabric8|client)(-all|-discovery|-loadbalancer)?$/.test(
      artifact,
    ),
  );
}
