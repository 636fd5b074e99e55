import { clusterLabels, label } from "../nodes/labels.ts";
import type { ContainerSpec } from "../ports/container-engine.ts";
import { registriesNetwork } from "./registries-network.ts";

/** Port on which a registry listens inside its container. */
export const registryPort = 5000;

/** Where a registry keeps its data in its container. */
export const registryDataPath = "/var/lib/registry";

/** Where the registry's own configuration lies in both registry images. */
export const registryConfigPath = "/etc/distribution/config.yml";

/** Host ports tried first, so that most clusters have a registry at an address one remembers. 5000 is AirPlay's on macOS. */
export const preferredRegistryPorts: readonly number[] = Array.from(
  { length: 20 },
  (_, index) => 5001 + index,
);

/** A registry as the nodes of a cluster see it. */
export interface RegistryReference {
  /** "localhost:5001": what images are named with, on the host and on the nodes. */
  readonly name: string;
  /** "demo-registry:5000": how it is reached inside the cluster's network. */
  readonly host: string;
}

/** The registry that a cluster has for itself. */
export interface RegistryPlan {
  readonly container: ContainerSpec;
  /** Named volume with the data. */
  readonly volume: string;
  readonly volumeLabels: Readonly<Record<string, string>>;
  /** Airfield chose the host port, and may choose another when it is taken meanwhile. */
  readonly isPortChosen: boolean;
  readonly hostPort: number;
}

/** A registry that several clusters use and none owns. */
export interface SharedRegistryPlan {
  readonly name: string;
  readonly container: string;
  readonly hostPort: number;
}

export function planRegistry(options: {
  readonly cluster: string;
  readonly creation: string;
  readonly image: string;
  readonly network: string;
  readonly address: string;
  readonly hostPort: number;
  readonly isPortChosen: boolean;
  readonly keepData: boolean;
}): RegistryPlan {
  const { cluster, creation, image, network, address, hostPort, isPortChosen, keepData } = options;
  const name = ownRegistryName(cluster);
  const volume = keepData ? keptVolume(cluster) : ownVolume(cluster);
  return {
    volume,
    volumeLabels: keepData
      ? // Not the cluster's label, by which a deletion removes; the creation's, by which a rollback does.
        { [label.registry]: name, [label.creation]: creation }
      : clusterLabels(cluster, "volume", creation),
    isPortChosen,
    hostPort,
    container: registryContainer({
      name,
      image,
      labels: clusterLabels(cluster, "registry", creation),
      volume,
      hostPort,
      network: { name: network, ipv4: address },
    }),
  };
}

/** A registry that belongs to no cluster. Clusters connect it to their networks. */
export function planSharedRegistry(options: {
  readonly name: string;
  readonly creation: string;
  readonly image: string;
  readonly hostPort: number;
}): { readonly container: ContainerSpec; readonly volume: string } {
  const { name, creation, image, hostPort } = options;
  const volume = sharedVolume(name);
  return {
    volume,
    container: registryContainer({
      name: sharedContainer(name),
      image,
      labels: {
        [label.registry]: name,
        [label.role]: "registry",
        [label.creation]: creation,
      },
      volume,
      hostPort,
      network: { name: registriesNetwork },
    }),
  };
}

/** The container of a registry; `hostPort` undefined: it is not published. */
export function registryContainer(options: {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly volume: string;
  readonly hostPort?: number;
  readonly network: ContainerSpec["network"];
  readonly env?: Readonly<Record<string, string>>;
}): ContainerSpec {
  const { name, image, labels, volume, hostPort, network, env = {} } = options;
  return {
    name,
    image,
    hostname: name,
    labels,
    env: {
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: registryDataPath,
      REGISTRY_STORAGE_DELETE_ENABLED: "true",
      // The distribution registry reports traces to localhost:4318 unless told not to.
      OTEL_TRACES_EXPORTER: "none",
      ...env,
    },
    namedVolumes: [{ volume, containerPath: registryDataPath }],
    ...(hostPort === undefined
      ? {}
      : {
          ports: [
            { containerPort: registryPort, hostPort, hostAddress: "127.0.0.1", protocol: "tcp" },
          ],
        }),
    network,
    restart: "unless-stopped",
  };
}

/** Name of the registry that a cluster has for itself, and of its container. */
export function ownRegistryName(cluster: string): string {
  return `${cluster}-registry`;
}

/** Name of the volume that goes with its cluster. */
export function ownVolume(cluster: string): string {
  return `airfield-${cluster}-registry`;
}

/** Name of the volume that outlives its cluster; other than the one that does not, so that none meets old data unasked. */
export function keptVolume(cluster: string): string {
  return `airfield-${cluster}-registry-data`;
}

export function sharedContainer(name: string): string {
  return `airfield-registry-${name}`;
}

export function sharedVolume(name: string): string {
  return `airfield-registry-${name}`;
}

/** How a registry is named and reached by a cluster. */
export function registryReference(container: string, hostPort: number): RegistryReference {
  return { name: `localhost:${hostPort}`, host: `${container}:${registryPort}` };
}
