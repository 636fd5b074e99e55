import { apiServerPort } from "../api-server-port.ts";
import { renderDefaultCni } from "./default-cni.ts";
import { renderDefaultStorage } from "./default-storage.ts";

/** What a node image says of itself, as far as a cluster's objects come of it. */
export interface NodeImageManifests {
  /** "v1.34.4" */
  readonly kubernetesVersion: string;
  /** Text of /kind/manifests/default-cni.yaml. */
  readonly defaultCni: string;
  /** Text of /kind/manifests/default-storage.yaml; absent in images that have none. */
  readonly defaultStorage?: string;
}

/** Network and storage of a cluster, by the names of their files. */
export function renderNodeImageManifests(
  { defaultCni, defaultStorage }: NodeImageManifests,
  cluster: {
    readonly podSubnet: string;
    readonly hasDefaultCni: boolean;
    readonly controlPlane: { readonly name: string; readonly address: string };
  },
): Readonly<Record<string, string>> {
  const { podSubnet, hasDefaultCni, controlPlane } = cluster;
  const controlPlaneEndpoint = `${controlPlane.name}:${apiServerPort}`;
  return {
    ...(hasDefaultCni
      ? { "cni.yaml": renderDefaultCni(defaultCni, { podSubnet, controlPlaneEndpoint }) }
      : {}),
    ...(defaultStorage === undefined
      ? {}
      : { "storage.yaml": renderDefaultStorage(defaultStorage, controlPlane.address) }),
  };
}
