import { checkClusterName } from "./cluster-name.ts";
import type {
  AirfieldConfig,
  ClusterConfig,
  NodeConfig,
  RegistryConfig,
} from "./cluster-config.ts";
import { ToolError } from "../errors/tool-error.ts";
import { plainNode } from "./default-config.ts";
import { roomForNodes } from "./node-room.ts";

/** What the command line (or the environment) says over the file. */
export interface ConfigOverrides {
  readonly name?: string;
  readonly workers?: number;
  /** Node image of all nodes, those with an image of their own too, as in kind. */
  readonly image?: string;
  /** Name of a shared registry; false: none. */
  readonly registry?: string | false;
}

/**
 * The config with the flags applied. A count of workers keeps the first ones as the file has them, leaves
 * out the others, and adds plain ones. Throws `invalid-cluster-name`, and `invalid-flag` where the pod subnet has
 * no room for so many nodes.
 */
export function overrideConfig(config: AirfieldConfig, overrides: ConfigOverrides): AirfieldConfig {
  const { name, workers, image } = overrides;
  if (name !== undefined) checkClusterName(name);
  const { cluster } = config;
  let nodes = cluster.nodes;
  if (workers !== undefined) nodes = withWorkers(nodes, workers);
  if (workers !== undefined && nodes.length > cluster.nodes.length)
    checkRoom(cluster, nodes, workers);
  if (image !== undefined) nodes = nodes.map((node) => ({ ...node, image }));
  const registry = overrideRegistry(cluster.registry, overrides.registry);
  return { ...config, cluster: { ...cluster, name: name ?? cluster.name, nodes, registry } };
}

/** A shared registry was made with its own port and keeps its own data. */
function overrideRegistry(
  registry: RegistryConfig,
  wanted: ConfigOverrides["registry"],
): RegistryConfig {
  if (wanted === undefined) return registry;
  return wanted === false
    ? { ...registry, enabled: false }
    : { enabled: true, port: 0, keepData: false, name: wanted };
}

function checkRoom(cluster: ClusterConfig, nodes: readonly NodeConfig[], workers: number): void {
  const room = roomForNodes(cluster);
  if (nodes.length <= room) return;
  throw new ToolError("invalid-flag", {
    flag: "--workers",
    value: String(workers),
    reason: `the pod subnet ${cluster.networking.podSubnet} has room for ${room} nodes, each of which takes a /24`,
  });
}

function withWorkers(nodes: readonly NodeConfig[], count: number): readonly NodeConfig[] {
  let seen = 0;
  const kept = nodes.filter(({ role }) => role !== "worker" || ++seen <= count);
  const missing = Math.max(0, count - seen);
  return [...kept, ...Array.from({ length: missing }, () => plainNode("worker"))];
}
