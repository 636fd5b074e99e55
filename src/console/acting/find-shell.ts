import { isToolError } from "../../errors/tool-error.ts";
import type { ClusterApi, PodName } from "../../ports/cluster-api.ts";

/** bash knows the keys that people expect; every image with a shell has sh. */
const LOOK = ["sh", "-c", "command -v bash || echo sh"];
/** As containerd's runc and crun say that an image has no such program. */
const MISSING = /executable file .*not found|no such file or directory|not found in \$PATH/i;

/**
 * The shell that a container has; undefined: none, as in distroless images. Throws what the cluster says, as of a pod
 * that is gone or does not run.
 */
export async function findShell(
  pod: PodName,
  { api, signal }: { readonly api: Pick<ClusterApi, "exec">; readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { exitCode, stdout, stderr } = await api.exec(pod, LOOK, { signal });
    if (exitCode !== 0 && MISSING.test(stderr)) return undefined;
    const found = stdout.trim().split("\n").at(-1) ?? "";
    return found === "" ? "sh" : found;
  } catch (error) {
    if (isToolError(error, "cluster-request-failed") && MISSING.test(error.facts.reason)) {
      return undefined;
    }
    throw error;
  }
}
