import { clusterLabels } from "../nodes/labels.ts";
import type { ContainerFile, ContainerSpec } from "../ports/container-engine.ts";
import { hostsTomlPath, renderHostsToml } from "./hosts-toml.ts";

/** Port on which the registry listens inside its container. */
const registryPort = 5000;

/** Host ports tried first, so that most clusters have a registry at an address one remembers. 5000 is AirPlay's on macOS. */
export const preferredRegistryPorts: readonly number[] = Array.from(
  { length: 20 },
  (_, index) => 5001 + index,
);

export interface RegistryPlan {
  readonly container: ContainerSpec;
  /** Named volume with the data; removed with the cluster. */
  readonly volume: string;
  /** The host port was chosen by us, so another may be taken when it is gone. */
  readonly isPortChosen: boolean;
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
}): RegistryPlan {
  const { cluster, creation, image, network, address, hostPort, isPortChosen } = options;
  const name = `${cluster}-registry`;
  return {
    volume: `airfield-${cluster}-registry`,
    isPortChosen,
    hostPort,
    container: {
      name,
      image,
      hostname: name,
      labels: clusterLabels(cluster, "registry", creation),
      env: {
        REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/var/lib/registry",
        REGISTRY_STORAGE_DELETE_ENABLED: "true",
        // The distribution registry reports traces to localhost:4318 unless told not to.
        OTEL_TRACES_EXPORTER: "none",
      },
      namedVolumes: [
        { volume: `airfield-${cluster}-registry`, containerPath: "/var/lib/registry" },
      ],
      ports: [{ containerPort: registryPort, hostPort, hostAddress: "127.0.0.1", protocol: "tcp" }],
      network: { name: network, ipv4: address },
      restart: "unless-stopped",
    },
  };
}

/** The file that makes `localhost:PORT/…` on a node mean the cluster's registry. */
export function registryFiles(plan: RegistryPlan, hostPort: number): readonly ContainerFile[] {
  return [
    {
      path: hostsTomlPath(`localhost:${hostPort}`),
      content: renderHostsToml(`${plan.container.name}:${registryPort}`),
    },
  ];
}

/** How the registry is reached from inside the cluster's network. */
export function registryHost(plan: RegistryPlan): string {
  return `${plan.container.name}:${registryPort}`;
}
