import { stringify } from "yaml";
import { apiServerPort } from "../../kubernetes/api-server-port.ts";
import { planKubeadmConfig } from "../../kubernetes/kubeadm-config.ts";
import type { KubeadmDocument } from "../../kubernetes/kubeadm-document.ts";
import { isLabelOfKubelet } from "../../kubernetes/node-labels.ts";
import { parseNetwork, renderIpv4 } from "../../formats/ipv4.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import { firstControlPlane, type NodePlan } from "../plan-nodes.ts";

/** What of a cluster's plan its nodes' first start depends on. */
export interface BootstrapPlan {
  readonly name: string;
  readonly config: ClusterConfig;
  /** Control plane first. */
  readonly nodes: readonly NodePlan[];
  /** etcd in memory and without waiting for the disk. */
  readonly isEphemeral: boolean;
}

/** What the documents for kubeadm are made of. */
export interface KubeadmFacts {
  readonly plan: BootstrapPlan;
  /** By which a node joins: `abcdef.0123456789abcdef`. */
  readonly bootstrapToken: string;
  /** "v1.34.4" */
  readonly kubernetesVersion: string;
}

/** Where the node-image contract wants the kubeadm configuration; the node reads it again when its address changes. */
export const kubeadmConfigPath = "/kind/kubeadm.conf";

/** Kubeconfig with CA and server, by which a worker knows the control plane it joins. */
export const discoveryPath = "/kind/discovery.conf";

/** The kubeadm configuration of one node, patches applied. */
export function planNodeConfig(
  node: NodePlan,
  { plan, bootstrapToken, kubernetesVersion }: KubeadmFacts,
): readonly KubeadmDocument[] {
  const { config } = plan;
  const controlPlane = firstControlPlane(plan);
  return planKubeadmConfig({
    kubernetesVersion,
    clusterName: plan.name,
    role: node.role,
    nodeName: node.name,
    nodeAddress: node.address,
    // A name and not an address: it stays right when addresses change.
    controlPlaneEndpoint: `${controlPlane.name}:${apiServerPort}`,
    apiServerAddress: config.networking.apiServerAddress,
    podSubnet: config.networking.podSubnet,
    serviceSubnet: config.networking.serviceSubnet,
    kubeProxyMode: config.networking.kubeProxyMode,
    featureGates: config.featureGates,
    runtimeConfig: config.runtimeConfig,
    token: bootstrapToken,
    controlPlanes: plan.nodes.filter(({ role }) => role === "control-plane").length,
    workers: plan.nodes.filter(({ role }) => role === "worker").length,
    ...(node === controlPlane ? {} : { discoveryFile: discoveryPath }),
    // The control plane sets the others, once the node has joined.
    labels: Object.fromEntries(
      Object.entries(node.config.labels).filter(([key]) => isLabelOfKubelet(key)),
    ),
    taints: node.config.taints,
    isEphemeral: plan.isEphemeral,
    patches: [config, node.config],
  });
}

/**
 * The file that pins the cluster's CA for a node that joins; it holds no credential.
 *
 * @param certificateAuthority PEM in base64
 */
export function renderDiscovery(controlPlane: string, certificateAuthority: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "",
        cluster: {
          server: `https://${controlPlane}:${apiServerPort}`,
          "certificate-authority-data": certificateAuthority,
        },
      },
    ],
  });
}

/**
 * Address of the cluster's DNS: the tenth of the service subnet.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.4/cmd/kubeadm/app/constants/constants.go (GetDNSIP)
 */
export function clusterDnsAddress(serviceSubnet: string): string {
  const network = parseNetwork(serviceSubnet.split(",")[0] ?? "");
  return network === undefined ? "" : renderIpv4(network.base + 10);
}
