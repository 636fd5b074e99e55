import { ToolError } from "../errors/tool-error.ts";
import type { SpringCluster } from "./cluster-access.ts";
import { kubectl } from "./kubectl.ts";

/**
 * A namespace of the user's stays as it is; one that is missing is made, and outlives what runs in it. Another
 * application or dependency may make it at the same moment. Throws `kubectl-failed`.
 */
export async function ensureNamespace(
  namespace: string,
  { cluster, signal }: { readonly cluster: SpringCluster; readonly signal: AbortSignal },
): Promise<void> {
  if (namespace === "default") return;
  const look = ["get", "namespace", namespace, "--ignore-not-found", "--output", "name"];
  if ((await kubectl(cluster, look, { signal })).trim() !== "") return;
  const create = ["create", "namespace", namespace];
  const { exitCode, stderr } = await cluster.kubectl(create, { signal });
  if (exitCode === 0 || stderr.includes("AlreadyExists")) return;
  const command = ["kubectl", ...create].join(" ");
  throw new ToolError("kubectl-failed", { command, exitCode, output: stderr });
}
