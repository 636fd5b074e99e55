import type {
  ClusterConfig,
  NetworkingConfig,
  NodeConfig,
  RegistryConfig,
} from "../../src/config/cluster-config.ts";

export interface ClusterConfigWishes extends Partial<
  Omit<ClusterConfig, "networking" | "registry">
> {
  /** 1 by default. Ignored when `nodes` are given. */
  readonly controlPlanes?: number;
  /** 0 by default. Ignored when `nodes` are given. */
  readonly workers?: number;
  readonly networking?: Partial<NetworkingConfig>;
  readonly registry?: Partial<RegistryConfig>;
}

/** A full config: the defaults, and what the test is about. */
export function aClusterConfig({
  controlPlanes = 1,
  workers = 0,
  networking = {},
  registry = {},
  ...rest
}: ClusterConfigWishes = {}): ClusterConfig {
  return {
    name: "airfield",
    nodes: [
      ...Array.from({ length: controlPlanes }, () => aNodeConfig()),
      ...Array.from({ length: workers }, () => aNodeConfig({ role: "worker" })),
    ],
    networking: {
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/16",
      apiServerAddress: "127.0.0.1",
      apiServerPort: 0,
      kubeProxyMode: "iptables",
      disableDefaultCNI: false,
      ...networking,
    },
    registry: { enabled: true, port: 0, ...registry },
    featureGates: {},
    runtimeConfig: {},
    kubeadmConfigPatches: [],
    kubeadmConfigPatchesJSON6902: [],
    containerdConfigPatches: [],
    containerdConfigPatchesJSON6902: [],
    ...rest,
  };
}

/** A control plane, unless told otherwise. */
export function aNodeConfig(wishes: Partial<NodeConfig> = {}): NodeConfig {
  return {
    role: "control-plane",
    labels: {},
    taints: [],
    extraMounts: [],
    extraPortMappings: [],
    kubeadmConfigPatches: [],
    kubeadmConfigPatchesJSON6902: [],
    ...wishes,
  };
}
