import type { DependencyConfig } from "../../config/cluster-config.ts";
import { isToolError } from "../../errors/tool-error.ts";
import type { KnownKind } from "../../ports/cluster-api.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { removedName } from "../down/down.ts";
import { dependencyLabels } from "./plan-dependency.ts";

const DELETE_MS = 60_000;

/**
 * Removes what runs of a dependency. Its volume stays, and so does the Secret, without which nobody could read it; both go
 * with `data`. Resolves with what was removed; nothing there is fine.
 */
export async function removeDependency(
  { config, data }: { readonly config: DependencyConfig; readonly data: boolean },
  { cluster, signal }: { readonly cluster: SpringCluster; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { namespace } = config;
  const labels = dependencyLabels(config);
  const remove = async (...kinds: readonly KnownKind[]): Promise<readonly string[]> => {
    const options = { withinMs: DELETE_MS, signal };
    return (await cluster.api.removeAll({ kinds, namespace, labels }, options)).map(removedName);
  };
  try {
    const removed = await remove("StatefulSet", "Service");
    // One after the other: a volume in use is not removed.
    return data ? [...removed, ...(await remove("PersistentVolumeClaim", "Secret"))] : removed;
  } catch (error) {
    if (!isToolError(error, "cluster-not-found")) throw error;
    return [];
  }
}
