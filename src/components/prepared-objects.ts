import { defaultNetworking } from "../config/default-config.ts";
import { renderKubeadmConfig } from "../kubernetes/kubeadm-config.ts";
import { renderDefaultCni } from "../kubernetes/manifests/default-cni.ts";
import { renderDefaultStorage } from "../kubernetes/manifests/default-storage.ts";
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

/** What a node image says of itself, as far as objects come of it. */
export interface ClusterManifests {
  /** "v1.34.4" */
  readonly kubernetesVersion: string;
  /** Text of /kind/manifests/default-cni.yaml. */
  readonly defaultCni: string;
  /** Text of /kind/manifests/default-storage.yaml. */
  readonly defaultStorage?: string;
}

/** The files that prepareObjectsScript reads: the same that a control plane of the default configuration is given. */
export function preparationFiles(manifests: ClusterManifests): readonly ContainerFile[] {
  const endpoint = `${placeholder.node}:6443`;
  const { podSubnet, serviceSubnet, kubeProxyMode, apiServerAddress } = defaultNetworking;
  const file = (name: string, content: string): ContainerFile => ({
    path: `${preparationFolder}/${name}`,
    content,
  });
  return [
    file(
      "kubeadm.conf",
      renderKubeadmConfig({
        kubernetesVersion: manifests.kubernetesVersion,
        clusterName: placeholder.node,
        role: "control-plane",
        nodeName: placeholder.node,
        nodeAddress: placeholder.address,
        controlPlaneEndpoint: endpoint,
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
    file("addons", "coredns kube-proxy"),
    file("small", ""),
    file(
      "manifests/cni.yaml",
      renderDefaultCni(manifests.defaultCni, { podSubnet, controlPlaneEndpoint: endpoint }),
    ),
    ...(manifests.defaultStorage === undefined
      ? []
      : [
          file(
            "manifests/storage.yaml",
            renderDefaultStorage(manifests.defaultStorage, placeholder.address),
          ),
        ]),
  ];
}
