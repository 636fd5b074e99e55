import { mergeKubeconfig, renameKubeconfig } from "../kubernetes/kubeconfig.ts";
import { updateKubeconfig } from "../kubernetes/update-kubeconfig.ts";
import type { Node } from "../nodes/node.ts";
import type { Ports } from "../ports/ports.ts";

/** Puts a cluster's context into a kubeconfig file and makes it the current one. */
export async function exportClusterKubeconfig(
  request: {
    readonly cluster: string;
    readonly controlPlane: Node;
    readonly server: string;
    readonly path: string;
  },
  ports: Pick<Ports, "files" | "clock" | "random">,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, controlPlane, server, path } = request;
  const adminConfig = await controlPlane.run(["cat", "/etc/kubernetes/admin.conf"], { signal });
  const ours = renameKubeconfig(adminConfig, { name: cluster, server });
  await updateKubeconfig(
    { path, change: (existing) => mergeKubeconfig(existing, ours, path), signal },
    ports,
  );
}
