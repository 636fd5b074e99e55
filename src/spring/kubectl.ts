import { ToolError } from "../errors/tool-error.ts";
import type { SpringCluster } from "./cluster-access.ts";

interface KubectlOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

/** Runs kubectl and resolves with its output. Throws `kubectl-failed`. */
export async function kubectl(
  cluster: SpringCluster,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await cluster.kubectl(args, options);
  if (exitCode === 0) return stdout;
  throw new ToolError("kubectl-failed", {
    command: ["kubectl", ...args].join(" "),
    exitCode,
    output: stderr.trim() === "" ? stdout : stderr,
  });
}

/**
 * Applied on the client's side, not on the server's: the annotation it leaves is the whole configuration
 * of the version before, which going back needs, and a later version takes away what this one added.
 */
export async function applyObjects(
  cluster: SpringCluster,
  objects: readonly unknown[],
  options: Omit<KubectlOptions, "stdin"> = {},
): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  await kubectl(cluster, ["apply", "-f", "-"], { ...options, stdin: JSON.stringify(list) });
}
