import { label } from "../nodes/labels.ts";
import type { ContainerDetails, ContainerState } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { ToolError } from "../errors/tool-error.ts";
import { ownVolume, type SharedRegistryPlan } from "./plan-registry.ts";

/** A registry of this machine, as its container and volume tell. */
export interface FoundRegistry {
  readonly name: string;
  /** Of one cluster, shared by clusters, or a cache of another registry. */
  readonly kind: RegistryKind;
  /** Absent: only its data is left. */
  readonly container?: string;
  readonly image?: string;
  readonly state: ContainerState | "data only";
  /** 0: not published. */
  readonly hostPort: number;
  readonly volume?: string;
  /** Clusters whose nodes reach it, sorted. */
  readonly clusters: readonly string[];
  /** Networks of those clusters. */
  readonly networks: readonly string[];
}

export type RegistryKind = "cluster" | "shared" | "cache";

/** All registries of Airfield's on this machine, by name. */
export async function findRegistries({
  engine,
}: Pick<Ports, "engine">): Promise<readonly FoundRegistry[]> {
  const [ofClusters, others, networks, ownVolumes, otherVolumes] = await Promise.all([
    engine.listContainers({ labels: { [label.cluster]: "", [label.role]: "registry" } }),
    engine.listContainers({ labels: { [label.registry]: "" } }),
    engine.listNetworks({ labels: { [label.cluster]: "" } }),
    engine.listVolumes({ labels: { [label.cluster]: "" } }),
    engine.listVolumes({ labels: { [label.registry]: "" } }),
  ]);
  const clusterOf = new Map(
    networks.map(({ name, labels }) => [name, labels[label.cluster] ?? ""]),
  );
  const details = await Promise.all(
    [...ofClusters, ...others].map(({ id }) => engine.inspectContainer(id)),
  );
  const found = details
    .filter((each) => each !== undefined)
    .map((each): FoundRegistry => {
      const { name, kind } = identityOf(each);
      const own = ownVolume(each.labels[label.cluster] ?? "");
      const volume =
        otherVolumes.find(({ labels }) => labels[label.registry] === name)?.name ??
        ownVolumes.find((volume) => volume.name === own)?.name;
      const on = each.networks.filter((network) => clusterOf.has(network));
      return {
        name,
        kind,
        container: each.name,
        image: each.image,
        state: each.state,
        hostPort: each.ports[0]?.hostPort ?? 0,
        ...(volume === undefined ? {} : { volume }),
        clusters: on.map((network) => clusterOf.get(network) ?? "").sort(),
        networks: on,
      };
    });
  const orphans = otherVolumes
    .filter(({ labels }) => !found.some(({ name }) => name === labels[label.registry]))
    .map(({ name: volume, labels }): FoundRegistry => {
      const name = labels[label.registry] ?? "";
      const kind = kindOf(name, labels[label.role]);
      const state = "data only";
      return { name, kind, state, hostPort: 0, volume, clusters: [], networks: [] };
    });
  return [...found, ...orphans].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function identityOf({ name, labels }: ContainerDetails): Pick<FoundRegistry, "name" | "kind"> {
  const registry = labels[label.registry];
  return registry === undefined
    ? { name, kind: "cluster" }
    : { name: registry, kind: kindOf(registry, labels[label.role]) };
}

function kindOf(name: string, role: string | undefined): RegistryKind {
  if (role === "cache") return "cache";
  return name.endsWith("-registry") ? "cluster" : "shared";
}

/**
 * A registry that clusters may share.
 *
 * @throws ToolError `registry-not-found`
 */
export async function findSharedRegistry(
  name: string,
  ports: Pick<Ports, "engine">,
): Promise<SharedRegistryPlan> {
  const shared = (await findRegistries(ports)).filter(({ kind }) => kind === "shared");
  const found = shared.find((registry) => registry.name === name);
  if (found?.container === undefined)
    throw new ToolError("registry-not-found", {
      name,
      known: shared.map((registry) => registry.name),
    });
  return { name, container: found.container, hostPort: found.hostPort };
}
