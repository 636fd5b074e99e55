import type { SpringCluster } from "../cluster-access.ts";

/**
 * A namespace of the user's stays as it is; one that is missing is made, and outlives what runs in it. Another
 * application or dependency may make it at the same moment. Throws `cluster-request-failed`.
 */
export async function ensureNamespace(
  namespace: string,
  { cluster, signal }: { readonly cluster: SpringCluster; readonly signal: AbortSignal },
): Promise<void> {
  if (namespace !== "default") await cluster.api.ensureNamespace(namespace, { signal });
}
