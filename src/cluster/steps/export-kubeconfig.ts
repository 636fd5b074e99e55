import { nodeOf } from "../../nodes/node.ts";
import type { CreationContext } from "../creation-context.ts";
import { exportClusterKubeconfig } from "../export-cluster-kubeconfig.ts";
import { firstControlPlane } from "../plan-cluster.ts";
import type { Step } from "../step.ts";

export const exportKubeconfig: Step<CreationContext> = {
  id: "export-kubeconfig",
  title: ({ plan }) => `Writing context ${plan.contextName} to ${plan.kubeconfigPath}`,
  after: ["wait-until-ready", "delete-bootstrap-token"],
  async run({ plan, ports, found }, { signal }) {
    found.isKubeconfigWritten = true;
    await exportClusterKubeconfig(
      {
        cluster: plan.name,
        controlPlane: nodeOf(ports.engine, firstControlPlane(plan).name),
        server: `https://${plan.config.networking.apiServerAddress}:${found.apiServerHostPort}`,
        path: plan.kubeconfigPath,
      },
      ports,
      signal,
    );
  },
};
