import { parseNetwork } from "../formats/ipv4.ts";

/** kube-controller-manager's default --node-cidr-mask-size: the part of the pod subnet that each node takes. */
const nodePrefix = 24;

/** How many nodes the pod subnet has addresses for; infinite where a patch may have changed the nodes' share. */
export function roomForNodes(cluster: {
  readonly networking: { readonly podSubnet: string };
  readonly kubeadmConfigPatches: unknown;
  readonly kubeadmConfigPatchesJSON6902: unknown;
}): number {
  const patches = [cluster.kubeadmConfigPatches, cluster.kubeadmConfigPatchesJSON6902];
  if (JSON.stringify(patches).includes("node-cidr-mask-size")) return Infinity;
  const subnet = parseNetwork(cluster.networking.podSubnet);
  return subnet === undefined ? Infinity : 2 ** (nodePrefix - subnet.prefix);
}
