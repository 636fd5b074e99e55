import type {
  AirfieldConfig,
  NetworkingConfig,
  NodeConfig,
  NodeRole,
  ProxyConfig,
  RegistriesConfig,
  RegistryConfig,
} from "./cluster-config.ts";

export const defaultClusterName = "airfield";

export const defaultNetworking: NetworkingConfig = {
  podSubnet: "10.244.0.0/16",
  // kubeadm's own default, a /12, makes etcd hold a bitmap of 2^20 addresses; kind chose a /16 too.
  serviceSubnet: "10.96.0.0/16",
  apiServerAddress: "127.0.0.1",
  apiServerPort: 0,
  kubeProxyMode: "iptables",
  disableDefaultCNI: false,
};

export const defaultRegistry: RegistryConfig = { enabled: true, port: 0, keepData: false };

export const defaultRegistries: RegistriesConfig = { caches: [], caFiles: [], hosts: [] };

export const defaultProxy: ProxyConfig = { noProxy: [], fromHost: true };

/** What `create cluster` makes without a config file: one control plane that runs everything, and a registry. */
export function defaultConfig(): AirfieldConfig {
  return {
    cluster: {
      name: defaultClusterName,
      nodes: [plainNode("control-plane")],
      networking: defaultNetworking,
      registry: defaultRegistry,
      registries: defaultRegistries,
      proxy: defaultProxy,
      featureGates: {},
      runtimeConfig: {},
      kubeadmConfigPatches: [],
      kubeadmConfigPatchesJSON6902: [],
      containerdConfigPatches: [],
      containerdConfigPatchesJSON6902: [],
    },
    applications: [],
    dependencies: [],
  };
}

/** A node of which only the role is said. */
export function plainNode(role: NodeRole): NodeConfig {
  return {
    role,
    labels: {},
    taints: [],
    extraMounts: [],
    extraPortMappings: [],
    kubeadmConfigPatches: [],
    kubeadmConfigPatchesJSON6902: [],
  };
}
