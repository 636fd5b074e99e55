import type {
  ClusterConfig,
  NetworkingConfig,
  NodeConfig,
  ProxyConfig,
  RegistriesConfig,
  RegistryConfig,
} from "../../src/config/cluster-config.ts";
import {
  defaultNetworking,
  defaultProxy,
  defaultRegistries,
  defaultRegistry,
} from "../../src/config/default-config.ts";

export interface ClusterConfigWishes extends Partial<
  Omit<ClusterConfig, "networking" | "registry" | "registries" | "proxy">
> {
  /** 1 by default. Ignored when `nodes` are given. */
  readonly controlPlanes?: number;
  /** 0 by default. Ignored when `nodes` are given. */
  readonly workers?: number;
  readonly networking?: Partial<NetworkingConfig>;
  readonly registry?: Partial<RegistryConfig>;
  readonly registries?: Partial<RegistriesConfig>;
  readonly proxy?: Partial<ProxyConfig>;
}

/** A full config: the defaults, and what the test is about. */
export function aClusterConfig({
  controlPlanes = 1,
  workers = 0,
  networking = {},
  registry = {},
  registries = {},
  proxy = {},
  ...rest
}: ClusterConfigWishes = {}): ClusterConfig {
  return {
    name: "airfield",
    nodes: [
      ...Array.from({ length: controlPlanes }, () => aNodeConfig()),
      ...Array.from({ length: workers }, () => aNodeConfig({ role: "worker" })),
    ],
    networking: {
      ...defaultNetworking,
      ...networking,
    },
    registry: { ...defaultRegistry, ...registry },
    registries: { ...defaultRegistries, ...registries },
    proxy: { ...defaultProxy, ...proxy },
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
