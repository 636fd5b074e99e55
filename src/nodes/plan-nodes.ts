import type { ClusterConfig, NodeConfig } from "../config/cluster-config.ts";
import type {
  BindMount,
  ContainerSpec,
  EngineInfo,
  PortPublication,
} from "../ports/container-engine.ts";
import { ToolError } from "../errors/tool-error.ts";
import { apiServerPort } from "../kubernetes/api-server-port.ts";
import type { NetworkPlan } from "../network/plan-network.ts";
import { clusterLabels, label } from "./labels.ts";
import { nodeName } from "./node-name.ts";
import type { NodeRole } from "./roles.ts";

export interface NodePlan {
  readonly name: string;
  readonly role: NodeRole;
  /** Fixed address on the cluster's network. */
  readonly address: string;
  readonly config: NodeConfig;
  readonly container: ContainerSpec;
  /** Host ports that Airfield chose: it may choose others when these are taken meanwhile. */
  readonly chosenHostPorts: readonly number[];
}

export interface NodePlanFacts {
  readonly engine: EngineInfo;
  readonly defaultImage: string;
  readonly network: NetworkPlan;
  readonly creation: string;
  readonly kubeconfigPath: string;
  /** Host ports for the API server and for port mappings that ask for 0, in order. */
  readonly freePorts: readonly number[];
  readonly previousContext?: string;
  readonly isEphemeral: boolean;
}

/** How many host ports must be chosen for this config. */
export function countChosenPorts(config: ClusterConfig): number {
  const api = config.networking.apiServerPort === 0 ? 1 : 0;
  return (
    api +
    config.nodes.flatMap((node) => node.extraPortMappings).filter(({ hostPort }) => hostPort === 0)
      .length
  );
}

/** The node on which the cluster begins. */
export function firstControlPlane({ nodes }: { readonly nodes: readonly NodePlan[] }): NodePlan {
  const node = nodes.find(({ role }) => role === "control-plane");
  if (node === undefined) throw new ToolError("several-control-planes", { count: 0 });
  return node;
}

/** The nodes of a cluster as containers, control plane first. Pure. */
export function planNodes(config: ClusterConfig, facts: NodePlanFacts): readonly NodePlan[] {
  const ports = [...facts.freePorts];
  const seen: Record<NodeRole, number> = { "control-plane": 0, worker: 0 };
  const ordered = [...config.nodes].sort(
    (a, b) => Number(a.role === "worker") - Number(b.role === "worker"),
  );
  return ordered.map((node) => {
    const index = seen[node.role]++;
    const name = nodeName(config.name, node.role, index);
    const address =
      node.role === "worker"
        ? facts.network.workerAddress(index)
        : facts.network.controlPlaneAddress(index);
    const chosenHostPorts: number[] = [];
    const choose = (hostPort: number) => {
      if (hostPort !== 0) return hostPort;
      const port = ports.shift() ?? 0;
      chosenHostPorts.push(port);
      return port;
    };
    const published: PortPublication[] = [
      ...(node.role === "control-plane"
        ? [
            {
              containerPort: apiServerPort,
              // Chosen by us and not by the engine, so that it stays the same over a restart.
              hostPort: choose(config.networking.apiServerPort),
              hostAddress: config.networking.apiServerAddress,
              protocol: "tcp" as const,
            },
          ]
        : []),
      ...node.extraPortMappings.map((mapping) => ({
        containerPort: mapping.containerPort,
        hostPort: choose(mapping.hostPort),
        hostAddress: mapping.listenAddress,
        protocol: mapping.protocol.toLowerCase() as PortPublication["protocol"],
      })),
    ];
    return {
      name,
      role: node.role,
      address,
      config: node,
      chosenHostPorts,
      container: nodeContainer({ config, node, name, address, published, facts }),
    };
  });
}

/**
 * The flags of a node container, as the node-image contract has them
 * (https://github.com/kubernetes-sigs/kind/blob/main/pkg/cluster/internal/providers/docker/provision.go).
 */
function nodeContainer(options: {
  readonly config: ClusterConfig;
  readonly node: NodeConfig;
  readonly name: string;
  readonly address: string;
  readonly published: readonly PortPublication[];
  readonly facts: NodePlanFacts;
}): ContainerSpec {
  const { config, node, name, address, published, facts } = options;
  return {
    name,
    hostname: name,
    image: node.image ?? facts.defaultImage,
    labels: {
      ...clusterLabels(config.name, node.role, facts.creation),
      [label.kubeconfig]: facts.kubeconfigPath,
      ...(facts.previousContext === undefined
        ? {}
        : { [label.previousContext]: facts.previousContext }),
    },
    env: {
      ...(node.role === "control-plane" ? { KUBECONFIG: "/etc/kubernetes/admin.conf" } : {}),
      ...(config.networking.dnsSearch === undefined
        ? {}
        : { KIND_DNS_SEARCH: config.networking.dnsSearch.join(" ") }),
    },
    // systemd, containerd and the kubelet inside need devices, mounts and cgroups of their own.
    privileged: true,
    securityOptions: ["seccomp=unconfined", "apparmor=unconfined"],
    tmpfs: [
      "/tmp",
      "/run",
      ...(facts.isEphemeral &&
      node.role === "control-plane" &&
      hasMemoryToSpare(facts.engine) &&
      // Docker refuses two mounts at the same path.
      !node.extraMounts.some(({ containerPath }) => /^\/var\/lib\/etcd\/*$/.test(containerPath))
        ? ["/var/lib/etcd"]
        : []),
    ],
    // Container images and etcd must not lie on the engine's overlay file system: overlay on overlay is refused.
    anonymousVolumes: ["/var"],
    mounts: [
      kernelModules,
      ...node.extraMounts.map((mount): BindMount => ({
        hostPath: mount.hostPath,
        containerPath: mount.containerPath,
        readOnly: mount.readOnly,
        selinuxRelabel: mount.selinuxRelabel,
        propagation: propagation[mount.propagation],
      })),
    ],
    ports: published,
    network: { name: facts.network.spec.name, ipv4: address },
    // systemd prints its progress to the console only when there is one.
    tty: true,
    init: false,
    privateCgroupNamespace: true,
    ...(facts.engine.hasUserNamespaces ? { hostUserNamespace: true } : {}),
    ...(facts.engine.isRootless ? { devices: ["/dev/fuse"] } : {}),
    ...(["btrfs", "zfs", "xfs"].includes(facts.engine.backingFilesystem) && !facts.engine.isRootless
      ? { devices: ["/dev/mapper"] }
      : {}),
    // Restarted with the engine or the machine (the container ends with an error then), not after `docker stop`.
    restart: "on-failure-once",
  };
}

/** etcd of a small cluster holds some 100 MB; below this the memory is better left to pods. */
const memoryToSpareBytes = 6 * 1024 ** 3;

function hasMemoryToSpare({ memoryBytes }: EngineInfo): boolean {
  return memoryBytes >= memoryToSpareBytes;
}

const kernelModules: BindMount = {
  hostPath: "/lib/modules",
  containerPath: "/lib/modules",
  readOnly: true,
  propagation: "none",
};

const propagation = {
  None: "none",
  HostToContainer: "host-to-container",
  Bidirectional: "bidirectional",
} as const;
