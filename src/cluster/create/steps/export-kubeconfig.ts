import { ToolError } from "../../../errors/tool-error.ts";
import { mergeKubeconfig, renameKubeconfig } from "../../../kubernetes/kubeconfig.ts";
import { updateKubeconfig } from "../../../kubernetes/update-kubeconfig.ts";
import type { CreationContext } from "../creation-context.ts";
import { firstControlPlane } from "../../../nodes/plan-nodes.ts";
import type { Step } from "../../../steps/step.ts";

const adminConfigPath = "/etc/kubernetes/admin.conf";

/** Puts the cluster's context into the kubeconfig and makes it the current one. */
export const exportKubeconfig: Step<CreationContext> = {
  id: "export-kubeconfig",
  title: ({ plan }) => `Writing context ${plan.contextName} to ${plan.kubeconfigPath}`,
  // The others need not apply.
  after: ["init-control-plane", "wait-until-ready", "join-workers", "connect-registry"],
  async run({ plan, ports, found }, { signal }) {
    const node = firstControlPlane(plan).name;
    const adminConfig = await ports.engine.readFile(node, adminConfigPath, { signal });
    if (adminConfig === undefined)
      throw new ToolError("cluster-incomplete", {
        name: plan.name,
        reason: `${node} has no ${adminConfigPath}`,
      });
    const ours = renameKubeconfig(adminConfig, {
      name: plan.name,
      server: `https://${plan.config.networking.apiServerAddress}:${found.apiServerHostPort}`,
    });
    const path = plan.kubeconfigPath;
    found.isKubeconfigWritten = true;
    await updateKubeconfig(
      { path, change: (existing) => mergeKubeconfig(existing, ours, path), signal },
      ports,
    );
  },
};
