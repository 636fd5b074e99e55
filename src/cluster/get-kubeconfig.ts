import { ToolError } from "../errors/tool-error.ts";
import { renameKubeconfig } from "../kubernetes/kubeconfig.ts";
import { askNodes } from "../nodes/ask-nodes.ts";
import { runOnNode } from "../nodes/run-on-node.ts";
import { apiServerPort } from "../kubernetes/api-server-port.ts";
import type { Ports } from "../ports/ports.ts";
import { findCluster } from "./find-cluster.ts";

/**
 * The kubeconfig of a cluster as text.
 *
 * @param request.internal with the server's address inside the cluster's network
 * @throws ToolError `cluster-not-found`, `cluster-incomplete`, `nodes-not-answering`
 */
export async function getKubeconfig(
  request: { readonly name: string; readonly internal: boolean },
  ports: Pick<Ports, "engine" | "clock">,
  signal?: AbortSignal,
): Promise<string> {
  const { name } = request;
  const { controlPlane } = await findCluster(name, ports);
  const read = (node: string, until: AbortSignal) =>
    runOnNode(ports.engine, node, ["cat", "/etc/kubernetes/admin.conf"], { signal: until });
  const [[adminConfig = ""], server] = await Promise.all([
    askNodes([controlPlane.name], read, { action: "tell its kubeconfig", ports, signal }),
    request.internal
      ? `https://${controlPlane.name}:${apiServerPort}`
      : serverOf(name, controlPlane.id, ports),
  ]);
  return renameKubeconfig(adminConfig, { name, server });
}

async function serverOf(
  name: string,
  controlPlane: string,
  { engine }: Pick<Ports, "engine">,
): Promise<string> {
  const details = await engine.inspectContainer(controlPlane);
  const published = details?.ports.find(({ containerPort }) => containerPort === apiServerPort);
  if (published === undefined)
    throw new ToolError("cluster-incomplete", {
      name,
      reason: "its API server is not published on this host",
    });
  return `https://${published.hostAddress}:${published.hostPort}`;
}
