import { contextName, removeFromKubeconfig } from "../kubernetes/kubeconfig.ts";
import { updateKubeconfig } from "../kubernetes/update-kubeconfig.ts";
import type { Ports } from "../ports/ports.ts";

/**
 * Takes a cluster's entries out of kubeconfig files; files without them, and files that are gone, are
 * left as they are.
 *
 * @returns whether there were any
 */
export async function removeClusterFromKubeconfig(
  cluster: string,
  paths: readonly string[],
  ports: Pick<Ports, "files" | "clock" | "random">,
  previousContext?: string,
): Promise<boolean> {
  const context = contextName(cluster);
  let found = false;
  for (const path of paths) {
    const existing = await ports.files.readText(path);
    // The lock is taken only where there is something to remove.
    if (existing === undefined || removeFromKubeconfig(existing, context, { path }) === existing)
      continue;
    found = true;
    await updateKubeconfig(
      {
        path,
        change: (text) =>
          text === undefined
            ? undefined
            : removeFromKubeconfig(text, context, {
                path,
                ...(previousContext === undefined ? {} : { previousContext }),
              }),
      },
      ports,
    );
  }
  return found;
}
