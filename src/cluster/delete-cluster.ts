import { contextName } from "../kubernetes/kubeconfig.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";
import { allDone } from "../steps/all-done.ts";
import { clusterNames } from "../nodes/find-nodes.ts";
import { refuseLeftovers, removeObjects, type Removal } from "./remove-objects.ts";
import { removeClusterFromKubeconfig } from "./remove-cluster-from-kubeconfig.ts";

export type DeletePorts = Pick<Ports, "engine" | "files" | "clock" | "random" | "reporter">;

export interface DeletedCluster {
  readonly name: string;
  /** False: there was nothing of that name. */
  readonly existed: boolean;
  /** Names of the containers, volumes and networks that are gone. */
  readonly removed: readonly string[];
}

/**
 * Removes all of a cluster: containers, volumes, network, registry and kubeconfig entries; also of one
 * that is half made or half deleted. Deleting what is not there is fine.
 *
 * @throws ToolError `leftovers-remain` with the commands that remove the rest
 */
export async function deleteCluster(
  request: { readonly name: string; readonly kubeconfigPath: string },
  ports: DeletePorts,
): Promise<DeletedCluster> {
  const { name } = request;
  const startedMs = ports.clock.monotonicMs();
  ports.reporter.report({ type: "run-started", title: `Deleting cluster "${name}"`, steps: 0 });
  const removal = await removeCluster(request, ports);
  refuseLeftovers(removal);
  const existed = removal.removed.length > 0 || removal.hadEntries;
  const ms = Math.round(ports.clock.monotonicMs() - startedMs);
  ports.reporter.report({
    type: "run-finished",
    summary: existed
      ? `Cluster "${name}" and its context ${contextName(name)} are gone.`
      : `There is no cluster "${name}"; nothing to delete.`,
    ms,
  });
  return { name, existed, removed: removal.removed };
}

/** The same without a word, and with what could not be removed as a result. */
export async function removeCluster(
  { name, kubeconfigPath }: { readonly name: string; readonly kubeconfigPath: string },
  ports: DeletePorts,
): Promise<Removal & { readonly hadEntries: boolean }> {
  const labels = { [label.cluster]: name };
  const containers = await ports.engine.listContainers({ labels });
  // The creation may have written to another file than the one that is in use now.
  const writtenTo = containers
    .map((container) => container.labels[label.kubeconfig])
    .filter((path) => path !== undefined);
  const entriesRemoved = removeClusterFromKubeconfig(
    name,
    [...new Set([kubeconfigPath, ...writtenTo])],
    ports,
    containers.map((container) => container.labels[label.previousContext]).find(Boolean),
  );
  const objectsRemoved = removeObjects(labels, ports);
  await Promise.allSettled([entriesRemoved, objectsRemoved]);
  return { ...(await objectsRemoved), hadEntries: await entriesRemoved };
}

/** Deletes these clusters, or all that Airfield made, at the same time. */
export async function deleteClusters(
  request: { readonly names: readonly string[] | "all"; readonly kubeconfigPath: string },
  ports: DeletePorts,
): Promise<readonly DeletedCluster[]> {
  const names = request.names === "all" ? await namesOfAll(ports) : request.names;
  return allDone(
    names.map((name) => deleteCluster({ name, kubeconfigPath: request.kubeconfigPath }, ports)),
  );
}

/** Of a half-deleted cluster only a network or a volume may be left. */
async function namesOfAll({ engine }: Pick<Ports, "engine">): Promise<readonly string[]> {
  const labels = { [label.cluster]: "" };
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ labels }),
    engine.listNetworks({ labels }),
    engine.listVolumes({ labels }),
  ]);
  const others = [...networks, ...volumes]
    .map((object) => object.labels[label.cluster] ?? "")
    .filter(Boolean);
  return [...new Set([...clusterNames(containers), ...others])].sort();
}
