import type { ContainerFile } from "../../ports/container-engine.ts";
import { allDone } from "../all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import { kubeadmConfigPath, renderNodeConfig } from "../kubeadm-documents.ts";
import type { Step } from "../step.ts";

/** Puts each node's kubeadm configuration where the node-image contract wants it; the node reads it again at restarts. */
export const writeKubeadmConfig: Step<CreationContext> = {
  id: "write-kubeadm-config",
  title: () => "Writing configuration",
  after: ["start-nodes", "configure-containerd"],
  async run(context, { signal }) {
    await allDone(
      context.plan.nodes.map((node) => {
        const files: readonly ContainerFile[] = [
          { path: kubeadmConfigPath, content: renderNodeConfig(node, context), mode: 0o600 },
        ];
        return context.ports.engine.putFiles(node.name, files, { signal });
      }),
    );
  },
};
