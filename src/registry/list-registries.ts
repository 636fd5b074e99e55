import { isToolError, ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries, type FoundRegistry, type RegistryKind } from "./find-registries.ts";
import { registryDataPath } from "./plan-registry.ts";
import { readRepositories, repositoriesFolder, type Repository } from "./read-repositories.ts";

export interface RegistrySummary {
  readonly name: string;
  readonly kind: RegistryKind;
  /** "localhost:5001"; absent where it is not published, as a cache. */
  readonly address?: string;
  readonly status: string;
  /** Clusters that reach it. */
  readonly clusters: readonly string[];
  readonly volume?: string;
  /** What its data takes on disk; absent when the engine does not know. */
  readonly sizeBytes?: number;
  /** Unknown when only the data is left: nothing is there to look into it with. */
  readonly repositories?: readonly Repository[];
}

/**
 * The registries and caches of this machine, with what is in them; or one of them.
 *
 * @throws ToolError `registry-not-found`
 */
export async function listRegistries(
  request: { readonly name?: string },
  { engine }: Pick<Ports, "engine">,
): Promise<readonly RegistrySummary[]> {
  const all = await findRegistries({ engine });
  const wanted = all.filter(({ name }) => request.name === undefined || name === request.name);
  if (request.name !== undefined && wanted.length === 0)
    throw new ToolError("registry-not-found", {
      name: request.name,
      known: all.map(({ name }) => name),
    });
  if (wanted.length === 0) return [];
  const sizes = await engine.volumeSizes();
  const summaries = await Promise.all(
    wanted.map((registry) => summaryUnlessGone(registry, sizes, { engine })),
  );
  return summaries.filter((summary) => summary !== undefined);
}

/** A cluster and its registry may be deleted while others are being inspected. */
async function summaryUnlessGone(
  registry: FoundRegistry,
  sizes: ReadonlyMap<string, number>,
  ports: Pick<Ports, "engine">,
): Promise<RegistrySummary | undefined> {
  try {
    return await summaryOf(registry, sizes, ports);
  } catch (error) {
    if (isToolError(error, "container-not-found")) return undefined;
    throw error;
  }
}

async function summaryOf(
  registry: FoundRegistry,
  sizes: ReadonlyMap<string, number>,
  { engine }: Pick<Ports, "engine">,
): Promise<RegistrySummary> {
  const { name, kind, container, state, hostPort, volume, clusters } = registry;
  const sizeBytes = volume === undefined ? undefined : sizes.get(volume);
  const files =
    container === undefined
      ? undefined
      : ((await engine.readFolder(container, `${registryDataPath}/${repositoriesFolder}`)) ??
        new Map<string, string>());
  return {
    name,
    kind,
    ...(hostPort === 0 ? {} : { address: `localhost:${hostPort}` }),
    status: state,
    clusters,
    ...(volume === undefined ? {} : { volume }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(files === undefined ? {} : { repositories: readRepositories(files) }),
  };
}
