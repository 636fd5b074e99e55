import { networkingOf } from "../../kubernetes/cluster-networking.ts";
import { renderKubeadmConfig } from "../../kubernetes/kubeadm-config.ts";
import type { KubeadmDocument } from "../../kubernetes/kubeadm-document.ts";
import { renderLocalRegistryHosting } from "../../kubernetes/manifests/local-registry-hosting.ts";
import {
  renderNodeImageManifests,
  type NodeImageManifests,
} from "../../kubernetes/manifests/node-image-manifests.ts";
import { isLabelOfKubelet } from "../../kubernetes/node-labels.ts";
import { firstControlPlane, type NodePlan } from "../plan-nodes.ts";
import type { ContainerFile } from "../../ports/container-engine.ts";
import type { RegistryReference } from "../../registry/plan-registry.ts";
import { encodeDnsQuery } from "./dns-query.ts";
import {
  clusterDnsAddress,
  kubeadmConfigPath,
  planNodeConfig,
  type BootstrapPlan,
} from "./kubeadm-documents.ts";
import { renderFirstKubelet } from "./first-kubelet.ts";
import {
  firstNodeSubnet,
  hasDefaultObjects,
  preparedConfigMap,
  preparedNode,
  smallClusterNodes,
  type PreparedObject,
  substitutions,
  transactionOf,
} from "./prepared-node.ts";
import {
  bootstrapFolder,
  bootstrapUnit,
  bootstrapWanted,
  controlPlaneScript,
  workerScript,
} from "./scripts.ts";

/** What the node's image says of itself. */
export interface NodeImageFiles extends NodeImageManifests {
  /** containerd's configuration with the user's patches; absent when there are none. */
  readonly containerdConfig?: string;
}

/** On a node: the config that its cluster was made with, for an update to compare with. Names secrets, holds none. */
export const configPath = `${bootstrapFolder}/cluster.json`;

/** What the nodes of a cluster are to begin with. */
export interface Bootstrap {
  readonly plan: BootstrapPlan;
  /** `abcdef.0123456789abcdef`; deleted once all nodes have joined. */
  readonly bootstrapToken: string;
  /** The one that `localhost:PORT` means in the cluster. */
  readonly registry: RegistryReference | undefined;
  /** The files that configure registries and proxies on the nodes. */
  readonly nodeFiles: readonly ContainerFile[];
  /** After this long the scripts give up. */
  readonly limitSeconds: number;
}

/** Everything a node is given before its first start, in one archive. Pure. */
export function bootstrapFiles(
  node: NodePlan,
  image: NodeImageFiles,
  bootstrap: Bootstrap,
): readonly ContainerFile[] {
  const { plan, bootstrapToken, nodeFiles, limitSeconds } = bootstrap;
  const isControlPlane = node === firstControlPlane(plan);
  const script = isControlPlane ? controlPlaneScript : workerScript;
  const kubeadmConfig = planNodeConfig(node, {
    ...{ plan, bootstrapToken },
    kubernetesVersion: image.kubernetesVersion,
  });
  return [
    { path: kubeadmConfigPath, content: renderKubeadmConfig(kubeadmConfig), mode: 0o600 },
    { path: `${bootstrapFolder}/bootstrap`, content: script.text, mode: 0o700 },
    { path: `${bootstrapFolder}/limit`, content: `${limitSeconds}\n` },
    { path: "/etc/systemd/system/airfield-bootstrap.service", content: bootstrapUnit(script) },
    { path: "/etc/systemd/system/multi-user.target.d/10-airfield.conf", content: bootstrapWanted },
    ...nodeFiles,
    { path: configPath, content: `${JSON.stringify(plan.config)}\n`, mode: 0o600 },
    ...(image.containerdConfig === undefined
      ? []
      : [{ path: "/etc/containerd/config.toml", content: image.containerdConfig }]),
    ...(hasOwnFlannel(plan, image)
      ? [{ path: `${bootstrapFolder}/flannel`, content: flannelCniConfig }]
      : []),
    ...(isControlPlane ? controlPlaneFiles(image, kubeadmConfig, bootstrap) : []),
  ];
}

/** Whether the node's network will be the Flannel of our node image, whose configuration we know. */
function hasOwnFlannel({ config }: BootstrapPlan, image: NodeImageFiles): boolean {
  return !config.networking.disableDefaultCNI && image.defaultCni.includes(ownFlannelImage);
}

const ownFlannelImage = "image: airfield.dev/flannel:";

/** What images/node/containers/flannel-node writes; SUBNET and MTU are the node's. */
const flannelCniConfig = `${JSON.stringify({
  cniVersion: "1.0.0",
  name: "flannel",
  plugins: [
    {
      type: "ptp",
      mtu: 0,
      ipam: {
        type: "host-local",
        dataDir: "/run/cni-ipam-state",
        ranges: [[{ subnet: "SUBNET" }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
}).replace('"mtu":0', '"mtu":MTU')}\n`;

/** kubeadm starts the kubelet as soon as it is configured; the script says when it may. */
const kubeletCondition = `[Unit]
ConditionPathExists=${bootstrapFolder}/serving
`;

function controlPlaneFiles(
  image: NodeImageFiles,
  kubeadmConfig: readonly KubeadmDocument[],
  { plan, bootstrapToken, registry }: Bootstrap,
): readonly ContainerFile[] {
  const { networking } = plan.config;
  const { dnsDomain, serviceSubnet, podSubnet } = networkingOf(kubeadmConfig);
  // A name that every cluster's DNS knows.
  const knownName = `kubernetes.default.svc.${dnsDomain}`;
  const input = (name: string, content: string): ContainerFile => ({
    path: `${bootstrapFolder}/${name}`,
    content,
  });
  const labels = labelsToSet(plan.nodes);
  return [
    { path: "/etc/systemd/system/kubelet.service.d/30-airfield.conf", content: kubeletCondition },
    input("first-kubelet.json", renderFirstKubelet(kubeadmConfig)),
    input("substitutions", substitutions(firstControlPlane(plan))),
    ...(hasDefaultObjects(plan)
      ? [
          input("default", ""),
          input("objects", transactionOf(preparedObjects(plan, registry))),
          ...(hasOwnFlannel(plan, image) ? [input("first-subnet", firstNodeSubnet)] : []),
        ]
      : []),
    input("nodes", plan.nodes.map(({ name }) => `${name}\n`).join("")),
    ...(labels === "" ? [] : [input("labels", labels)]),
    input("token-id", bootstrapToken.split(".")[0] ?? ""),
    input("addons", networking.kubeProxyMode === "none" ? "coredns" : "coredns kube-proxy"),
    ...(plan.nodes.length <= smallClusterNodes ? [input("small", "")] : []),
    ...(networking.disableDefaultCNI
      ? []
      : [
          input("dns-address", clusterDnsAddress(serviceSubnet)),
          input("dns-query", escapedBytes(encodeDnsQuery(knownName, 1))),
        ]),
    ...Object.entries(manifests({ plan, registry, podSubnet }, image)).map(([name, text]) =>
      input(`manifests/${name}`, text),
    ),
  ];
}

/** Labels that kubelets may not set: `NODE KEY=VALUE KEY=VALUE…` in a line. Keys and values have no spaces. */
function labelsToSet(nodes: readonly NodePlan[]): string {
  return nodes
    .map(({ name, config }) => ({
      name,
      labels: Object.entries(config.labels).filter(([key]) => !isLabelOfKubelet(key)),
    }))
    .filter(({ labels }) => labels.length > 0)
    .map(({ name, labels }) => [name, ...labels.map((pair) => pair.join("="))].join(" ") + "\n")
    .join("");
}

function preparedObjects(
  plan: BootstrapPlan,
  registry: RegistryReference | undefined,
): readonly PreparedObject[] {
  return registry === undefined
    ? [preparedNode(plan)]
    : [preparedNode(plan), preparedConfigMap(renderRegistryHosting(registry))];
}

function manifests(
  {
    plan,
    registry,
    podSubnet,
  }: Pick<Bootstrap, "plan" | "registry"> & { readonly podSubnet: string },
  image: NodeImageFiles,
): Readonly<Record<string, string>> {
  const { disableDefaultCNI } = plan.config.networking;
  return {
    ...renderNodeImageManifests(image, {
      podSubnet,
      hasDefaultCni: !disableDefaultCNI,
      controlPlane: firstControlPlane(plan),
    }),
    ...(registry === undefined ? {} : { "registry.yaml": renderRegistryHosting(registry) }),
  };
}

export function renderRegistryHosting({ name, host }: RegistryReference): string {
  return renderLocalRegistryHosting({ host: name, hostFromClusterNetwork: host });
}

/** As bash's printf reads them: `\x0a\x6b…`. */
function escapedBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
