import { isToolError, ToolError } from "../errors/tool-error.ts";
import { warningOf } from "../errors/warning-of.ts";
import { label } from "../nodes/labels.ts";
import type { ContainerSpec } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries, type FoundRegistry } from "./find-registries.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { withDeadline } from "../steps/wait-until.ts";
import { registryConfigPath, registryDataPath } from "./plan-registry.ts";
import { removeRegistriesNetworkIfUnused } from "./registries-network.ts";

export interface PruneRegistriesRequest {
  /** All registries when absent. */
  readonly name?: string;
  /** Also removes the caches that no cluster uses, and data that no registry uses. */
  readonly unused: boolean;
  readonly timeoutMs: number;
}

export interface PrunedRegistry {
  readonly name: string;
  /** "collected": what no tag leads to is gone. "removed": all of it is, it was used by nothing. */
  readonly outcome: "collected" | "removed";
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

type PrunePorts = Pick<Ports, "engine" | "clock" | "reporter">;

/**
 * Frees what registries hold and no tag leads to. A registry is stopped meanwhile: a push beside the collection
 * could lose layers. https://distribution.github.io/distribution/about/garbage-collection/
 *
 * @throws ToolError `registry-not-found`, `registry-not-pruned`, `registry-prune-timed-out`
 */
export async function pruneRegistries(
  request: PruneRegistriesRequest,
  ports: PrunePorts,
  signal: AbortSignal,
): Promise<readonly PrunedRegistry[]> {
  const { timeoutMs: withinMs } = request;
  let current: Collection | undefined;
  const prune = (until: AbortSignal) =>
    pruneAll(request, ports, { signal: until, onBegin: (collection) => (current = collection) });
  return withDeadline(prune, {
    ...{ clock: ports.clock, withinMs, signal },
    onDeadline: () =>
      new ToolError("registry-prune-timed-out", {
        waited: formatDuration(withinMs),
        ...(current === undefined ? {} : { name: current.name }),
        output: current?.output.join("\n") ?? "",
      }),
  });
}

/** The garbage collection of one registry. */
interface Collection {
  readonly name: string;
  /** The last lines that it has printed. */
  readonly output: string[];
}

interface PruneControl {
  readonly signal: AbortSignal;
  onBegin(collection: Collection): void;
}

async function pruneAll(
  request: PruneRegistriesRequest,
  ports: PrunePorts,
  { signal, onBegin }: PruneControl,
): Promise<readonly PrunedRegistry[]> {
  const { engine, clock, reporter } = ports;
  const startedMs = clock.monotonicMs();
  const all = await findRegistries(ports);
  const wanted = all.filter(({ name }) => request.name === undefined || name === request.name);
  if (request.name !== undefined && wanted.length === 0)
    throw new ToolError("registry-not-found", {
      name: request.name,
      known: all.map(({ name }) => name),
    });
  reporter.report({ type: "run-started", title: "Pruning registries", steps: 0 });
  const before =
    wanted.length === 0 ? new Map<string, number>() : await engine.volumeSizes({ signal });
  const outcomes: { readonly registry: FoundRegistry; readonly isRemoved: boolean }[] = [];
  for (const registry of wanted) {
    signal.throwIfAborted();
    const isRemoved = request.unused && isUnused(registry);
    if (isRemoved) await remove(registry, ports);
    // A cache holds by digest what it was asked for; it lets go of it by age.
    else if (registry.kind === "cache" || registry.container === undefined) continue;
    else {
      const collection: Collection = { name: registry.name, output: [] };
      onBegin(collection);
      await collectGarbage(registry, collection.output, ports, signal);
    }
    outcomes.push({ registry, isRemoved });
  }
  const after = outcomes.length === 0 ? before : await engine.volumeSizes({ signal });
  const pruned = outcomes.map(({ registry: { name, volume = "" }, isRemoved }): PrunedRegistry => ({
    name,
    outcome: isRemoved ? "removed" : "collected",
    bytesBefore: before.get(volume) ?? 0,
    bytesAfter: isRemoved ? 0 : (after.get(volume) ?? 0),
  }));
  reporter.report({
    type: "run-finished",
    summary:
      pruned.length === 0
        ? "There is nothing to prune."
        : `Pruned: ${pruned.map(({ name }) => name).join(", ")}.`,
    ms: Math.round(clock.monotonicMs() - startedMs),
  });
  return pruned;
}

/** A registry that clusters share is nobody's to remove: images may be meant for a cluster to come. */
function isUnused({ kind, container, clusters }: FoundRegistry): boolean {
  return clusters.length === 0 && (kind === "cache" || container === undefined);
}

async function remove(
  { container, volume }: FoundRegistry,
  { engine }: Pick<Ports, "engine">,
): Promise<void> {
  if (container !== undefined) await engine.removeContainer(container);
  if (volume !== undefined) await engine.removeVolume(volume);
  await removeRegistriesNetworkIfUnused({ engine });
}

async function collectGarbage(
  registry: FoundRegistry,
  output: string[],
  ports: PrunePorts,
  signal: AbortSignal,
): Promise<void> {
  const { name, container = "", image = "", volume = "", state } = registry;
  const { engine } = ports;
  const collector = `${container}-prune`;
  await createCollector({ name: collector, image, volume }, name, ports, signal);
  try {
    await engine.stopContainer(container, { signal });
    await engine.startContainer(collector, { signal });
    for await (const line of engine.logs(collector, { follow: true, signal })) {
      output.push(line);
      if (output.length > shownLines) output.shift();
    }
    const exitCode = (await engine.inspectContainer(collector))?.exitCode ?? 0;
    // A registry that nothing was ever pushed to has no folder of repositories yet.
    const isEmpty = output.some((line) => line.includes("Path not found: /docker/registry/v2"));
    if (exitCode !== 0 && !isEmpty)
      throw new ToolError("registry-not-pruned", { name, output: output.join("\n") });
  } finally {
    await removeCollector(collector, ports);
    if (state === "running") await engine.startContainer(container);
  }
}

/** Its container's name keeps others of the same moment away. */
async function createCollector(
  { name, image, volume }: Pick<ContainerSpec, "name" | "image"> & { readonly volume: string },
  registry: string,
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<void> {
  const other = await engine.inspectContainer(name);
  // Left by a prune that was killed.
  if (other?.state === "exited") await engine.removeContainer(name);
  try {
    await engine.createContainer(
      {
        name,
        image,
        hostname: "prune",
        // No label of a cluster: it is none of a cluster's containers, and goes before this command ends.
        labels: { [label.role]: "prune" },
        env: {
          REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: registryDataPath,
          REGISTRY_STORAGE_DELETE_ENABLED: "true",
          OTEL_TRACES_EXPORTER: "none",
        },
        entrypoint: ["registry"],
        command: ["garbage-collect", "--delete-untagged", registryConfigPath],
        namedVolumes: [{ volume, containerPath: registryDataPath }],
        network: { name: "none" },
        restart: "no",
      },
      { signal },
    );
  } catch (error) {
    throw isToolError(error, "container-name-taken")
      ? new ToolError(
          "registry-being-pruned",
          { name: registry, container: name },
          { cause: error },
        )
      : error;
  }
}

const shownLines = 10;

async function removeCollector(
  collector: string,
  { engine, reporter }: Pick<Ports, "engine" | "reporter">,
): Promise<void> {
  try {
    await engine.removeContainer(collector);
  } catch (error) {
    // First of all the registry must run again.
    if (!isToolError(error, "engine-request-failed")) throw error;
    reporter.report(
      warningOf("left-after-rollback", {
        what: `container ${collector}`,
        command: `docker rm -f -v ${collector}`,
      }),
    );
  }
}
