import type { KubeadmDocument, KubeadmPatches } from "./kubeadm-document.ts";
import { parseJson6902, parseKubeadmMergePatch } from "../config/kubeadm-patch.ts";
import { isMapping } from "../formats/mapping.ts";

/** kubeadm's default. https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-Networking */
const defaultDnsDomain = "cluster.local";

/** What kubeadm makes a cluster with, patches applied. */
export interface ClusterNetworking {
  readonly dnsDomain: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
}

/** @param kubeadmConfig the documents of the first control plane, patches applied */
export function networkingOf(kubeadmConfig: readonly KubeadmDocument[]): ClusterNetworking {
  const networking = kubeadmConfig.find(({ kind }) => kind === "ClusterConfiguration")?.[
    "networking"
  ];
  const read = (field: string, fallback = ""): string => {
    const value: unknown = isMapping(networking) ? networking[field] : undefined;
    return typeof value === "string" && value !== "" ? value : fallback;
  };
  return {
    dnsDomain: read("dnsDomain", defaultDnsDomain),
    podSubnet: read("podSubnet"),
    serviceSubnet: read("serviceSubnet"),
  };
}

/** Every DNS domain that the patches may give a cluster, with kubeadm's own: which of them fit shows on the node only. */
export function dnsDomainsOf(levels: readonly KubeadmPatches[]): readonly string[] {
  const found = levels.flatMap((level) => [
    ...level.kubeadmConfigPatches
      .flatMap((text) => parseKubeadmMergePatch(text).patches)
      .filter(({ kind }) => kind === "ClusterConfiguration")
      .map(({ content }) => domainOf(content["networking"])),
    ...level.kubeadmConfigPatchesJSON6902
      .filter(({ kind }) => kind === "ClusterConfiguration")
      .flatMap(({ patch }) => parseJson6902(patch).operations)
      .map((operation) => {
        const value = "value" in operation ? (operation.value as unknown) : undefined;
        if (operation.path === "/networking/dnsDomain") return value;
        return operation.path === "/networking" ? domainOf(value) : undefined;
      }),
  ]);
  const domains = found.filter((domain) => typeof domain === "string" && domain !== "");
  return [...new Set([defaultDnsDomain, ...(domains as string[])])];
}

function domainOf(networking: unknown): unknown {
  return isMapping(networking) ? networking["dnsDomain"] : undefined;
}
