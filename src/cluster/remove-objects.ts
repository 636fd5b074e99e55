import { ToolError } from "../errors/tool-error.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";
import type { Leftover } from "../steps/undoing.ts";

interface CausedLeftover extends Leftover {
  readonly cause: unknown;
}

export interface Removal {
  /** Names of what is gone, containers first. */
  readonly removed: readonly string[];
  readonly leftovers: readonly CausedLeftover[];
}

/**
 * Removes all containers, then all volumes and networks that carry these labels: found by label and
 * never from memory, so that it serves half-made clusters as well. Idempotent; goes on after a failure.
 */
export async function removeObjects(
  labels: Readonly<Record<string, string>>,
  { engine }: Pick<Ports, "engine">,
): Promise<Removal> {
  const containers = await engine.listContainers({ labels });
  const removedContainers = await removeAll(
    containers.map(({ name, id }) => ({
      what: `container ${name}`,
      name,
      command: `docker rm -f -v ${name}`,
      remove: () => engine.removeContainer(id),
    })),
  );
  const [volumes, networks, lent] = await Promise.all([
    engine.listVolumes({ labels }),
    engine.listNetworks({ labels }),
    engine.listContainers({ labels: { [label.registry]: "" } }),
  ]);
  // Shared registries and caches stay; a network goes only when nothing is on it.
  const disconnect = (network: string) =>
    Promise.all(lent.map(({ id }) => engine.disconnectNetwork(network, id)));
  const removedRest = await removeAll([
    ...volumes.map(({ name }) => ({
      what: `volume ${name}`,
      name,
      command: `docker volume rm ${name}`,
      remove: () => engine.removeVolume(name),
    })),
    ...networks.map(({ name, id }) => ({
      what: `network ${name}`,
      name,
      command: `docker network rm ${id}`,
      async remove() {
        await disconnect(name);
        await engine.removeNetwork(id);
      },
    })),
  ]);
  return {
    removed: [...removedContainers.removed, ...removedRest.removed],
    leftovers: [...removedContainers.leftovers, ...removedRest.leftovers],
  };
}

/** @throws ToolError `leftovers-remain` when something could not be removed */
export function refuseLeftovers({ leftovers }: Removal): void {
  if (leftovers.length === 0) return;
  throw new ToolError(
    "leftovers-remain",
    {
      what: leftovers.map(({ what }) => what).join(", "),
      commands: leftovers.map(({ command }) => command),
    },
    { cause: leftovers[0]?.cause },
  );
}

interface Removable {
  readonly what: string;
  readonly name: string;
  readonly command: string;
  remove(): Promise<void>;
}

async function removeAll(objects: readonly Removable[]): Promise<Removal> {
  const outcomes = await Promise.allSettled(objects.map((object) => object.remove()));
  const pairs = objects.map((object, index) => ({ object, outcome: outcomes[index] }));
  return {
    removed: pairs
      .filter(({ outcome }) => outcome?.status === "fulfilled")
      .map(({ object }) => object.name),
    leftovers: pairs.flatMap(({ object: { what, command }, outcome }) =>
      outcome?.status === "rejected" ? [{ what, command, cause: outcome.reason as unknown }] : [],
    ),
  };
}
