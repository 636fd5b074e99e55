import { ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries } from "./find-registries.ts";
import { removeRegistriesNetworkIfUnused } from "./registries-network.ts";

export interface DeleteRegistryRequest {
  readonly name: string;
  /** Leave the volume with the images, for a registry of the name that is made later. */
  readonly keepData: boolean;
  /** Also when clusters use it. */
  readonly force: boolean;
}

export interface DeletedRegistry {
  readonly name: string;
  /** False: there was nothing of that name. */
  readonly existed: boolean;
  readonly keptVolume?: string;
}

/**
 * Removes a registry or a cache, with its data unless told otherwise. Removing what is not there is fine.
 *
 * @throws ToolError `registry-in-use`
 */
export async function deleteRegistry(
  { name, keepData, force }: DeleteRegistryRequest,
  ports: Pick<Ports, "engine" | "clock" | "reporter">,
): Promise<DeletedRegistry> {
  const { engine, reporter, clock } = ports;
  const startedMs = clock.monotonicMs();
  const registry = (await findRegistries(ports)).find((each) => each.name === name);
  if (registry !== undefined && registry.clusters.length > 0 && !force)
    throw new ToolError("registry-in-use", { name, clusters: registry.clusters });
  reporter.report({ type: "run-started", title: `Deleting registry "${name}"`, steps: 0 });
  if (registry?.container !== undefined) await engine.removeContainer(registry.container);
  if (registry?.volume !== undefined && !keepData) await engine.removeVolume(registry.volume);
  if (registry !== undefined && registry.kind !== "cluster")
    await removeRegistriesNetworkIfUnused({ engine });
  reporter.report({
    type: "run-finished",
    summary: summaryOf(name, registry?.volume, registry !== undefined, keepData),
    ms: Math.round(clock.monotonicMs() - startedMs),
  });
  const kept = keepData ? registry?.volume : undefined;
  return {
    name,
    existed: registry !== undefined,
    ...(kept === undefined ? {} : { keptVolume: kept }),
  };
}

function summaryOf(
  name: string,
  volume: string | undefined,
  existed: boolean,
  keepData: boolean,
): string {
  if (!existed) return `There is no registry "${name}"; nothing to delete.`;
  if (keepData && volume !== undefined)
    return `Registry "${name}" is gone; its images are kept in the volume ${volume}.`;
  return `Registry "${name}" and its images are gone.`;
}
