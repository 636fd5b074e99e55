import { ToolError } from "../../errors/tool-error.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import { dnsDomainsOf } from "../../kubernetes/cluster-networking.ts";
import { contextName } from "../../kubernetes/kubeconfig.ts";
import { clusterLabels } from "../../nodes/labels.ts";
import { planNodes, type NodePlan } from "../../nodes/plan-nodes.ts";
import { planNetwork, planSubnet } from "../../network/plan-network.ts";
import { planCache, type CachePlan } from "../../registry/plan-cache.ts";
import { planNodeFiles } from "../../registry/access/plan-node-files.ts";
import {
  planRegistry,
  registryReference,
  type RegistryPlan,
  type RegistryReference,
  type SharedRegistryPlan,
} from "../../registry/plan-registry.ts";
import type { RegistryAccess } from "../../registry/access/registry-access.ts";
import type {
  ContainerFile,
  ContainerSpec,
  EngineInfo,
  NetworkSpec,
} from "../../ports/container-engine.ts";

/** Everything a creation will make: plain data, printed by --dry-run. Holds no secret. */
export interface ClusterPlan {
  readonly name: string;
  /** Random id on every object of this creation; a rollback removes exactly these. */
  readonly creation: string;
  readonly config: ClusterConfig;
  readonly network: NetworkSpec;
  /** Control plane first. */
  readonly nodes: readonly NodePlan[];
  /** The cluster's own. */
  readonly registry?: RegistryPlan;
  /** One that is there already. */
  readonly sharedRegistry?: SharedRegistryPlan;
  readonly caches: readonly CachePlan[];
  readonly kubeconfigPath: string;
  readonly contextName: string;
  readonly waitMs: number;
  /** etcd in memory and without waiting for the disk. */
  readonly isEphemeral: boolean;
}

/** What the plan is made from, gathered by gather-facts.ts. */
export interface CreationFacts {
  readonly engine: EngineInfo;
  /** Tool by which a cluster of that name already exists. */
  readonly existingOwner?: string;
  /** CIDRs that must not be used. */
  readonly takenSubnets: readonly string[];
  readonly nodeImage: string;
  readonly registryImage: string;
  readonly freePorts: readonly number[];
  readonly registryPort: number;
  /** The one that the config names. */
  readonly sharedRegistry?: SharedRegistryPlan;
  readonly creation: string;
  /** Current context of the kubeconfig, which is current again after the cluster's deletion. */
  readonly previousContext?: string;
}

export interface PlanRequest {
  readonly config: ClusterConfig;
  readonly kubeconfigPath: string;
  readonly waitMs: number;
  readonly isEphemeral: boolean;
}

/**
 * Decides what a creation makes. Pure.
 *
 * @throws ToolError `cluster-exists`, `subnet-taken`, `no-free-subnet`
 */
export function planCluster(request: PlanRequest, facts: CreationFacts): ClusterPlan {
  const { config } = request;
  if (facts.existingOwner !== undefined)
    throw new ToolError("cluster-exists", { name: config.name, owner: facts.existingOwner });

  const { networking, registry, name } = config;
  const { creation } = facts;
  const subnet = planSubnet(networking.nodeSubnet, [
    ...facts.takenSubnets,
    networking.podSubnet,
    networking.serviceSubnet,
  ]);
  const network = planNetwork(`airfield-${name}`, subnet, clusterLabels(name, "network", creation));
  return {
    name,
    creation,
    config,
    network: network.spec,
    nodes: planNodes(config, {
      engine: facts.engine,
      defaultImage: facts.nodeImage,
      network,
      creation,
      kubeconfigPath: request.kubeconfigPath,
      freePorts: facts.freePorts,
      isEphemeral: request.isEphemeral,
      ...(facts.previousContext === undefined ? {} : { previousContext: facts.previousContext }),
    }),
    caches: config.registries.caches.map((host) => planCache(host, facts.registryImage)),
    ...(facts.sharedRegistry === undefined ? {} : { sharedRegistry: facts.sharedRegistry }),
    ...(registry.enabled && facts.sharedRegistry === undefined
      ? {
          registry: planRegistry({
            cluster: name,
            creation,
            image: facts.registryImage,
            network: network.spec.name,
            address: network.registryAddress,
            hostPort: facts.registryPort,
            isPortChosen: registry.port === 0,
            keepData: registry.keepData,
          }),
        }
      : {}),
    kubeconfigPath: request.kubeconfigPath,
    contextName: contextName(name),
    waitMs: request.waitMs,
    isEphemeral: request.isEphemeral,
  };
}

/** Clusters with several control planes need a load balancer, which this version does not have. */
export function refuseSeveralControlPlanes(config: ClusterConfig): void {
  const count = config.nodes.filter(({ role }) => role === "control-plane").length;
  if (count !== 1) throw new ToolError("several-control-planes", { count });
}

/**
 * The registry that `localhost:PORT` means in the cluster.
 *
 * @param hostPort the port that its own registry got, where it is not the planned one
 */
export function clusterRegistry(
  { registry, sharedRegistry }: Pick<ClusterPlan, "registry" | "sharedRegistry">,
  hostPort = registry?.hostPort,
): RegistryReference | undefined {
  if (sharedRegistry !== undefined)
    return registryReference(sharedRegistry.container, sharedRegistry.hostPort);
  if (registry === undefined) return undefined;
  return registryReference(registry.container.name, hostPort ?? registry.hostPort);
}

/** What a cluster's nodes reach without a proxy. */
export function directlyReached(cluster: {
  readonly config: ClusterConfig;
  readonly subnet: string;
  readonly nodes: readonly string[];
  /** Container of the registry. */
  readonly registry: string | undefined;
  readonly caches: readonly CachePlan[];
}): readonly string[] {
  const { config, subnet, nodes, registry, caches } = cluster;
  const { podSubnet, serviceSubnet } = config.networking;
  return [
    ...["localhost", "127.0.0.1", subnet, podSubnet, serviceSubnet, ".svc"],
    ...dnsDomainsOf([config, ...config.nodes]).map((domain) => `.${domain}`),
    ...nodes,
    ...(registry === undefined ? [] : [registry]),
    ...caches.map(({ container }) => container),
  ];
}

/** The files that configure registries and proxies on the nodes of a plan. */
export function plannedNodeFiles(
  plan: ClusterPlan,
  access: RegistryAccess,
  registry = clusterRegistry(plan),
): readonly ContainerFile[] {
  const { config, caches, network, nodes } = plan;
  return planNodeFiles({
    registry,
    caches,
    access,
    direct: directlyReached({
      config,
      subnet: network.subnet,
      nodes: nodes.map(({ name }) => name),
      registry: plan.sharedRegistry?.container ?? plan.registry?.container.name,
      caches,
    }),
  });
}

/** The same plan with images replaced by what they turned out to be, as after a build instead of a pull. */
export function useImages(plan: ClusterPlan, resolved: ReadonlyMap<string, string>): ClusterPlan {
  const replaced = (container: ContainerSpec) => ({
    ...container,
    image: resolved.get(container.image) ?? container.image,
  });
  return {
    ...plan,
    nodes: plan.nodes.map((node) => ({ ...node, container: replaced(node.container) })),
    caches: plan.caches.map((cache) => ({
      ...cache,
      image: resolved.get(cache.image) ?? cache.image,
    })),
    ...(plan.registry === undefined
      ? {}
      : { registry: { ...plan.registry, container: replaced(plan.registry.container) } }),
  };
}
