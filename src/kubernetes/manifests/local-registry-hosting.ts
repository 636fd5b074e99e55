import { stringify } from "yaml";

/**
 * The ConfigMap by which tools such as Tilt and Skaffold find the cluster's registry (KEP-1755).
 * https://github.com/kubernetes/enhancements/tree/master/keps/sig-cluster-lifecycle/generic/1755-communicating-a-local-registry
 */
export function renderLocalRegistryHosting(registry: {
  /** As the host reaches it: "localhost:5001". Images carry this name; the nodes resolve it too. */
  readonly host: string;
  /** As pods reach it: "NAME:5000". */
  readonly hostFromClusterNetwork: string;
}): string {
  return stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "local-registry-hosting", namespace: "kube-public" },
    data: {
      "localRegistryHosting.v1": stringify({
        host: registry.host,
        // Not hostFromContainerRuntime: hosts.toml on the nodes makes `host` itself work there.
        hostFromClusterNetwork: registry.hostFromClusterNetwork,
        help: "https://github.com/airfield-dev/airfield/blob/main/docs/configuration.md#registry",
      }),
    },
  });
}
