import { parse } from "yaml";
import { placeholder } from "../../components/prepared-objects.ts";
import { defaultNetworking } from "../../config/default-config.ts";
import { firstControlPlane, type NodePlan } from "../plan-nodes.ts";
import type { BootstrapPlan } from "./kubeadm-documents.ts";

/** Words that a node replaces by what it finds on its machine. */
export const nodePlaceholder = {
  arch: "AIRFIELD-ARCH",
  processors: "AIRFIELD-PROCESSORS",
  memory: "AIRFIELD-MEMORY",
  storage: "AIRFIELD-STORAGE",
} as const;

/** Up to this many nodes one CoreDNS pod is enough; the second costs start-up time and memory. */
export const smallClusterNodes = 5;

/** The first /24 of the default pod subnet: the controller manager would give it to the first node. */
export const firstNodeSubnet = "10.244.0.0/24";

/**
 * Whether the objects that the warm image has prepared are this cluster's: they were made of the default
 * configuration. Patches may change anything, so a cluster with any makes its objects itself.
 */
export function hasDefaultObjects({
  config,
  nodes,
}: Pick<BootstrapPlan, "config" | "nodes">): boolean {
  const { networking } = config;
  const isPatched = [config, ...config.nodes].some(
    (patched) =>
      patched.kubeadmConfigPatches.length + patched.kubeadmConfigPatchesJSON6902.length > 0,
  );
  return (
    nodes.length <= smallClusterNodes &&
    nodes.filter(({ role }) => role === "control-plane").length === 1 &&
    networking.podSubnet === defaultNetworking.podSubnet &&
    networking.serviceSubnet === defaultNetworking.serviceSubnet &&
    networking.kubeProxyMode === defaultNetworking.kubeProxyMode &&
    !networking.disableDefaultCNI &&
    Object.keys(config.featureGates).length + Object.keys(config.runtimeConfig).length === 0 &&
    !isPatched
  );
}

/** What a node replaces in the prepared objects, as a script for sed. Names and addresses hold nothing that sed reads. */
export function substitutions({ name, address }: NodePlan): string {
  const dots = (text: string) => text.replaceAll(".", "\\.");
  return [
    `s|${dots(placeholder.node)}|${name}|g`,
    `s|${dots(placeholder.address)}|${address}|g`,
    "",
  ].join("\n");
}

/** An object as etcd is to hold it. */
export interface PreparedObject {
  /** Below /registry/. */
  readonly key: string;
  readonly object: Readonly<Record<string, unknown>>;
}

/** Objects as a transaction for etcdctl: no conditions, the operations, and nothing for the other case. */
export function transactionOf(objects: readonly PreparedObject[]): string {
  // etcdctl reads Go's quoted strings; JSON's are among them.
  const puts = objects.map(
    ({ key, object }) => `put "/registry/${key}" ${JSON.stringify(JSON.stringify(object))}\n`,
  );
  return `\n${puts.join("")}\n\n`;
}

/**
 * The first control plane's Node: the kubelet finds it when it registers, with the subnet that its CNI
 * configuration names already. The status lets the kubelet admit pods before it has reported its own, a moment later.
 */
export function preparedNode(plan: BootstrapPlan): PreparedObject {
  const { name, config } = firstControlPlane(plan);
  const isAlone = plan.nodes.length === 1;
  const role = "node-role.kubernetes.io/control-plane";
  const taints = [
    ...(isAlone ? [] : [{ key: role, value: "", effect: "NoSchedule" }]),
    ...config.taints,
  ];
  const room = {
    cpu: nodePlaceholder.processors,
    memory: nodePlaceholder.memory,
    "ephemeral-storage": nodePlaceholder.storage,
    pods: "110",
  };
  const object = {
    kind: "Node",
    apiVersion: "v1",
    metadata: {
      name,
      uid: `a1f1e1d0-0000-4000-8000-${placeholder.uidTail}`,
      creationTimestamp: placeholder.time,
      labels: {
        "beta.kubernetes.io/arch": nodePlaceholder.arch,
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": nodePlaceholder.arch,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        [role]: "",
        // A load balancer must reach Services also on the only node there is.
        // https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
        ...(isAlone ? {} : { "node.kubernetes.io/exclude-from-external-load-balancers": "" }),
        ...config.labels,
      },
    },
    spec: {
      podCIDR: firstNodeSubnet,
      podCIDRs: [firstNodeSubnet],
      providerID: `kind://docker/${plan.name}/${name}`,
      ...(taints.length === 0 ? {} : { taints }),
    },
    status: { capacity: room, allocatable: room },
  };
  return { key: `minions/${name}`, object };
}

/** A ConfigMap of which the manifest is there. */
export function preparedConfigMap(manifest: string): PreparedObject {
  const object = parse(manifest) as {
    readonly metadata: { readonly name: string; readonly namespace: string };
  };
  const { name, namespace } = object.metadata;
  const metadata = {
    ...object.metadata,
    uid: `a1f1e1d0-0001-4000-8000-${placeholder.uidTail}`,
    creationTimestamp: placeholder.time,
  };
  return { key: `configmaps/${namespace}/${name}`, object: { ...object, metadata } };
}
