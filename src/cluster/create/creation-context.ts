import type { Ports } from "../../ports/ports.ts";
import type { ComponentSettings } from "../../components/component-images.ts";
import type { ClusterOrigin } from "../../config/cluster-config.ts";
import type { RegistryAccess } from "../../registry/access/registry-access.ts";
import type { NodeConsole } from "../../nodes/bootstrap/node-console.ts";
import type { Awaited } from "./creation-limit.ts";
import type { ClusterPlan } from "./plan-cluster.ts";

export type CreationPorts = Pick<
  Ports,
  "engine" | "files" | "clock" | "random" | "freePorts" | "reporter" | "host" | "commands"
>;

/** What the steps of a creation work with. */
export interface CreationContext {
  readonly plan: ClusterPlan;
  readonly ports: CreationPorts;
  readonly components: ComponentSettings;
  /** `abcdef.0123456789abcdef`, random for each cluster; deleted once all nodes have joined. */
  readonly bootstrapToken: string;
  /** Of the config's file. */
  readonly origin?: ClusterOrigin;
  /** Logins, certificates and proxies: never part of the plan. */
  readonly access: RegistryAccess;
  /** What steps find out for the steps after them. */
  readonly found: CreationFindings;
}

/** Each field is set by the step named beside it, before any step that reads it may start. */
export interface CreationFindings {
  /** start-nodes: "v1.34.4" */
  kubernetesVersion: string;
  /** start-nodes: what each node tells, by its name. */
  readonly consoles: Map<string, NodeConsole>;
  /** What steps wait for right now, in the order in which they began to. */
  readonly awaited: Set<Awaited>;
  /** init-control-plane: the cluster's CA, PEM in base64. */
  certificateAuthority: string;
  /** start-registry: may differ from the plan when the planned port was taken meanwhile. */
  registryHostPort: number;
  /** start-nodes */
  apiServerHostPort: number;
  /** export-kubeconfig: whether a rollback has to take the entries out again. */
  isKubeconfigWritten: boolean;
}

/** The console of a node; there from start-nodes on. */
export function consoleOf({ found }: CreationContext, node: string): NodeConsole {
  const console = found.consoles.get(node);
  if (console === undefined) throw new Error(`Nobody follows the console of ${node}.`);
  return console;
}
