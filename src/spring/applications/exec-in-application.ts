import type { SpringCluster } from "../cluster-access.ts";
import { findApplication } from "./find-applications.ts";

export interface ExecRequest {
  readonly name: string;
  readonly namespace?: string;
  readonly command: readonly string[];
  /** The command gets a terminal, as a shell wants it. */
  readonly hasTerminal: boolean;
}

/**
 * Runs a command in a pod of an application, with this process's stdin and output; resolves with its exit code.
 * Throws `application-not-found`, and `program-not-found` when there is no docker on PATH.
 */
export async function execInApplication(
  request: ExecRequest,
  { cluster, signal }: { readonly cluster: SpringCluster; readonly signal: AbortSignal },
): Promise<number> {
  const { name, namespace } = await findApplication(cluster, { ...request, signal });
  const { hasTerminal, command } = request;
  return cluster.api.attach({ kind: "Deployment", name, namespace }, command, {
    ...{ hasTerminal, signal },
  });
}
