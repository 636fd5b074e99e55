import type { ClusterConfig } from "../../config/cluster-config.ts";
import { findLocalImage } from "../../components/ensure-component-image.ts";
import { components, type ComponentSettings } from "../../components/component-images.ts";
import { currentContext } from "../../kubernetes/kubeconfig.ts";
import { label } from "../../nodes/labels.ts";
import { countChosenPorts } from "../../nodes/plan-nodes.ts";
import type { Ports } from "../../ports/ports.ts";
import { findSharedRegistry } from "../../registry/find-registries.ts";
import { preferredRegistryPorts } from "../../registry/plan-registry.ts";
import type { CreationFacts } from "./plan-cluster.ts";

export interface GatherRequest {
  readonly config: ClusterConfig;
  readonly components: ComponentSettings;
  /** Node image of --image or AIRFIELD_NODE_IMAGE. */
  readonly image?: string;
  readonly kubeconfigPath: string;
}

/** All that a creation must know of the engine and the host, asked for at once. Changes nothing. */
export async function gatherFacts(
  request: GatherRequest,
  ports: Pick<Ports, "engine" | "host" | "freePorts" | "random" | "files">,
): Promise<CreationFacts> {
  const { config } = request;
  const engine = await ports.engine.info();
  const [
    existingOwner,
    networks,
    host,
    nodeImage,
    registryImage,
    freePorts,
    registryPort,
    sharedRegistry,
    kubeconfig,
  ] = await Promise.all([
    findOwner(config.name, ports),
    ports.engine.listNetworks(),
    ports.host.facts(),
    request.image ?? localOrPinned("node", request.components, ports),
    localOrPinned("registry", request.components, ports),
    choosePorts(config, ports),
    chooseRegistryPort(config, ports),
    config.registry.enabled && config.registry.name !== undefined
      ? findSharedRegistry(config.registry.name, ports)
      : undefined,
    ports.files.readText(request.kubeconfigPath),
  ]);
  // Also refuses now, and not at the end, a file that is no kubeconfig.
  const previousContext = currentContext(kubeconfig, request.kubeconfigPath);
  return {
    engine,
    ...(existingOwner === undefined ? {} : { existingOwner }),
    takenSubnets: [...networks.flatMap(({ subnets }) => subnets), ...host.subnets],
    nodeImage,
    registryImage,
    freePorts,
    registryPort,
    ...(sharedRegistry === undefined ? {} : { sharedRegistry }),
    ...(previousContext === undefined ? {} : { previousContext }),
    creation: ports.random.string(12, "0123456789abcdef"),
  };
}

async function findOwner(
  name: string,
  { engine }: Pick<Ports, "engine">,
): Promise<string | undefined> {
  const [ours, kinds] = await Promise.all([
    engine.listContainers({ labels: { [label.cluster]: name } }),
    engine.listContainers({ labels: { [label.kindCluster]: name } }),
  ]);
  if (ours.length > 0) return "airfield";
  return kinds.length > 0 ? "kind" : undefined;
}

/** The image that the creation will use: the local one, else the one that will be pulled or built. */
async function localOrPinned(
  name: "node" | "registry",
  settings: ComponentSettings,
  ports: Pick<Ports, "engine">,
): Promise<string> {
  const local = await findLocalImage(name, settings, ports);
  if (local !== undefined) return local;
  const builtTag = settings.builtTags[name];
  return settings.policy === "build" && builtTag !== undefined ? builtTag : components[name].pinned;
}

async function choosePorts(
  config: ClusterConfig,
  { freePorts }: Pick<Ports, "freePorts">,
): Promise<readonly number[]> {
  const address = config.networking.apiServerAddress;
  const chosen: number[] = [];
  for (let left = countChosenPorts(config); left > 0; left--)
    chosen.push(await freePorts.pick({ address }));
  return chosen;
}

async function chooseRegistryPort(
  { registry }: ClusterConfig,
  { freePorts }: Pick<Ports, "freePorts">,
): Promise<number> {
  if (!registry.enabled || registry.name !== undefined || registry.port !== 0) return registry.port;
  return freePorts.pick({ address: "127.0.0.1", preferred: preferredRegistryPorts });
}
