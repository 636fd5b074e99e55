import type { DependencyConfig } from "../../config/cluster-config.ts";
import { isToolError } from "../../errors/tool-error.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { kubectl } from "../kubectl.ts";
import { toSelector } from "../read-application.ts";
import { dependencyLabels } from "./plan-dependency.ts";

const DELETE_TIMEOUT = "60s";

/**
 * Removes what runs of a dependency. Its volume stays, and so does the Secret, without which nobody could read it; both go
 * with `data`. Resolves with what was removed; nothing there is fine.
 */
export async function removeDependency(
  { config, data }: { readonly config: DependencyConfig; readonly data: boolean },
  { cluster, signal }: { readonly cluster: SpringCluster; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const remove = async (kinds: string): Promise<readonly string[]> => {
    const output = await kubectl(
      cluster,
      [
        ...["delete", kinds, "--namespace", config.namespace],
        ...["--selector", toSelector(dependencyLabels(config))],
        ...["--cascade=foreground", `--timeout=${DELETE_TIMEOUT}`, "--ignore-not-found"],
        ...["--output", "name"],
      ],
      { signal },
    );
    return output
      .split("\n")
      .filter((line) => line.includes("/"))
      .map((line) => line.replace(/\.[.\w]+\//, "/"));
  };
  try {
    const removed = await remove("statefulsets,services");
    // One after the other: a volume in use is not removed.
    return data ? [...removed, ...(await remove("persistentvolumeclaims,secrets"))] : removed;
  } catch (error) {
    if (!isToolError(error, "cluster-not-found")) throw error;
    return [];
  }
}
