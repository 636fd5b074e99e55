import { readNodeImageManifests } from "../../components/read-node-image-manifests.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { patchContainerdConfig } from "../../kubernetes/containerd-patches.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import type { NodePlan } from "../plan-nodes.ts";
import type { Ports } from "../../ports/ports.ts";
import type { NodeImageFiles } from "./bootstrap-files.ts";

/**
 * Reads what a node's image says of itself from the node's container, which need not run yet.
 *
 * @throws ToolError `not-a-node-image` when it does not keep the contract of node images
 */
export async function readNodeImage(
  node: NodePlan,
  config: ClusterConfig,
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<NodeImageFiles> {
  const isPatched =
    config.containerdConfigPatches.length + config.containerdConfigPatchesJSON6902.length > 0;
  const [image, containerdConfig] = await Promise.all([
    readNodeImageManifests(node.name, { engine }, signal),
    isPatched ? engine.readFile(node.name, "/etc/containerd/config.toml", { signal }) : undefined,
  ]);
  const { kubernetesVersion, defaultCni, defaultStorage } = image;
  const missing = (path: string) =>
    new ToolError("not-a-node-image", { image: node.container.image, missing: path });
  if (kubernetesVersion === undefined) throw missing("/kind/version");
  if (defaultCni === undefined && !config.networking.disableDefaultCNI)
    throw missing("/kind/manifests/default-cni.yaml");
  return {
    kubernetesVersion,
    defaultCni: defaultCni ?? "",
    ...(defaultStorage === undefined ? {} : { defaultStorage }),
    ...(containerdConfig === undefined
      ? {}
      : { containerdConfig: patchContainerdConfig(containerdConfig, config) }),
  };
}
