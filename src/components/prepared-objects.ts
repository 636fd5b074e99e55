import { defaultNetworking } from "../config/default-config.ts";
import { apiServerPort } from "../kubernetes/api-server-port.ts";
import { planKubeadmConfig, renderKubeadmConfig } from "../kubernetes/kubeadm-config.ts";
import {
  renderNodeImageManifests,
  type NodeImageManifests,
} from "../kubernetes/manifests/node-image-manifests.ts";
import type { ContainerFile } from "../ports/container-engine.ts";

/**
 * Prepared objects: what etcd holds of a cluster of the default configuration a moment after its start, kept in
 * the warm image as transactions for etcdctl. A control plane writes them into its empty etcd while the API server
 * starts, and finds its roles, add-ons and their pods there when it serves.
 *
 * Nothing in them is a secret, and what differs from cluster to cluster is one of these words, which the node
 * replaces: its name, its address, the time, the tail of every UID and the cluster's CA.
 */
export const placeholder = {
  node: "airfield-prepared-node",
  /** An address for documentation (RFC 5737). */
  address: "192.0.2.1",
  time: "AIRFIELD-TIME",
  /** Instead of the last twelve digits of a UID. */
  uidTail: "airfielduid0",
  certificateAuthority: "AIRFIELD-CA",
} as const;

/** Where a warm image keeps them: files any-* for every cluster, default-* for those of the default configuration. */
export const preparedObjectsFolder = "/opt/airfield/objects";

/** Folder in which the script that makes them works, and which it removes. Not in a tmpfs: engines put no files there. */
export const preparationFolder = "/opt/airfield-preparation";

/** The files that prepare-objects.sh reads: the same that a control plane of the default configuration is given. */
export function preparationFiles(image: NodeImageManifests): readonly ContainerFile[] {
  const controlPlane = { name: placeholder.node, address: placeholder.address };
  const { podSubnet, serviceSubnet, kubeProxyMode, apiServerAddress } = defaultNetworking;
  const file = (name: string, content: string): ContainerFile => ({
    path: `${preparationFolder}/${name}`,
    content,
  });
  return [
    file(
      "kubeadm.conf",
      renderKubeadmConfig(
        planKubeadmConfig({
          kubernetesVersion: image.kubernetesVersion,
          clusterName: controlPlane.name,
          role: "control-plane",
          nodeName: controlPlane.name,
          nodeAddress: controlPlane.address,
          controlPlaneEndpoint: `${controlPlane.name}:${apiServerPort}`,
          apiServerAddress,
          podSubnet,
          serviceSubnet,
          kubeProxyMode,
          featureGates: {},
          runtimeConfig: {},
          token: "abcdef.0123456789abcdef",
          controlPlanes: 1,
          workers: 0,
        }),
      ),
    ),
    file("addons", "coredns kube-proxy"),
    file("small", ""),
    ...Object.entries(
      renderNodeImageManifests(image, { podSubnet, hasDefaultCni: true, controlPlane }),
    ).map(([name, text]) => file(`manifests/${name}`, text)),
  ];
}
