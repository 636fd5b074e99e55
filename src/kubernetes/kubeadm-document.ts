import type { Json6902Patch } from "../config/cluster-config.ts";

/** A document of a node's kubeadm configuration, as plain data. */
export type KubeadmDocument = { readonly kind: string; readonly apiVersion: string } & Readonly<
  Record<string, unknown>
>;

/** The patches of a cluster or of a node; both ClusterConfig and NodeConfig have this shape. */
export interface KubeadmPatches {
  readonly kubeadmConfigPatches: readonly string[];
  readonly kubeadmConfigPatchesJSON6902: readonly Json6902Patch[];
}
