import { checkClusterName } from "./cluster-name.ts";
import type { AirfieldConfig, NodeConfig, NodeRole } from "./cluster-config.ts";
import { plainNode } from "./default-config.ts";

/** What the command line (or the environment) says over the file. */
export interface ConfigOverrides {
  readonly name?: string;
  readonly workers?: number;
  readonly controlPlanes?: number;
  /** Node image of all nodes, those with an image of their own too, as in kind. */
  readonly image?: string;
}

/**
 * The config with the flags applied. A count keeps the first nodes of the role as the file has them, leaves
 * out the others, and adds plain ones. Throws `invalid-cluster-name`.
 */
export function overrideConfig(config: AirfieldConfig, overrides: ConfigOverrides): AirfieldConfig {
  const { name, workers, controlPlanes, image } = overrides;
  if (name !== undefined) checkClusterName(name);
  const { cluster } = config;
  let nodes = cluster.nodes;
  if (controlPlanes !== undefined) nodes = withCount(nodes, "control-plane", controlPlanes);
  if (workers !== undefined) nodes = withCount(nodes, "worker", workers);
  if (image !== undefined) nodes = nodes.map((node) => ({ ...node, image }));
  return { ...config, cluster: { ...cluster, name: name ?? cluster.name, nodes } };
}

function withCount(
  nodes: readonly NodeConfig[],
  role: NodeRole,
  count: number,
): readonly NodeConfig[] {
  let seen = 0;
  const kept = nodes.filter((node) => node.role !== role || ++seen <= count);
  const missing = Math.max(0, count - seen);
  return [...kept, ...Array.from({ length: missing }, () => plainNode(role))];
}
