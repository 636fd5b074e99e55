import type { ClusterConfig } from "../../src/config/cluster-config.ts";
import { planNetwork } from "../../src/network/plan-network.ts";
import type { BootstrapPlan } from "../../src/nodes/bootstrap/kubeadm-documents.ts";
import { planNodes, type NodePlanFacts } from "../../src/nodes/plan-nodes.ts";
import { FakeContainerEngine } from "./container-engine/fake-container-engine.ts";

/** The nodes that a config asks for, on a host where everything is free. */
export async function aBootstrapPlan(
  config: ClusterConfig,
  facts: Partial<NodePlanFacts> = {},
): Promise<BootstrapPlan> {
  const nodes = planNodes(config, {
    engine: await new FakeContainerEngine().info(),
    defaultImage: "node:1",
    network: planNetwork(`airfield-${config.name}`, "10.213.0.0/24", {}),
    creation: "creation",
    kubeconfigPath: "/home/dev/.kube/config",
    freePorts: [40_001, 40_002, 40_003],
    isEphemeral: false,
    ...facts,
  });
  return { name: config.name, config, nodes, isEphemeral: facts.isEphemeral ?? false };
}
