import type { Ports } from "../ports/ports.ts";
import { cleaningUp } from "../steps/undoing.ts";
import { createCluster, type CreateClusterRequest } from "./create/create-cluster.ts";
import { deleteCluster } from "./delete-cluster.ts";

export interface RunInClusterRequest {
  /** Name and kubeconfig path are replaced by unique ones. */
  readonly create: Omit<CreateClusterRequest, "kubeconfigPath">;
  readonly command: readonly string[];
}

/**
 * Runs a command with a cluster of its own around it, by a private kubeconfig in KUBECONFIG. Whatever
 * happens to the command, the cluster is removed afterwards; what cannot be removed is a warning.
 *
 * @returns the command's exit code
 */
export async function runInCluster(
  request: RunInClusterRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<number> {
  const name = `run-${ports.random.string(6, "0123456789abcdef")}`;
  const folder = await ports.files.makeTemporaryDirectory("airfield-run-");
  const kubeconfigPath = `${folder}/kubeconfig`;
  const runInside = async (): Promise<number> => {
    const { config, ...create } = request.create;
    const cluster = await createCluster(
      { ...create, config: { ...config, name }, kubeconfigPath, isEphemeral: true },
      ports,
      signal,
    );
    const env = {
      KUBECONFIG: kubeconfigPath,
      AIRFIELD_CLUSTER: name,
      ...(cluster.registry === undefined ? {} : { AIRFIELD_REGISTRY: cluster.registry }),
    };
    return cleaningUp(
      () => ports.commands.runAttached(request.command, { signal, env }),
      {
        removeCommand: `airfield delete cluster ${name}`,
        cleanUp: () => deleteCluster({ name, kubeconfigPath }, ports),
      },
      ports,
    );
  };
  return cleaningUp(
    runInside,
    { removeCommand: `rm -r ${folder}`, cleanUp: () => ports.files.remove(folder) },
    ports,
  );
}
