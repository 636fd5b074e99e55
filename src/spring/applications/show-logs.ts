import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { followLogs } from "../dev/follow-logs.ts";
import { isToolError } from "../../errors/tool-error.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import { findServiceOrJob } from "./find-applications.ts";

export interface LogsRequest {
  readonly name: string;
  readonly namespace?: string;
  readonly follow: boolean;
  /** Only what is at most this old. */
  readonly sinceMs?: number;
  readonly tail?: number;
  /** Of the container before the last restart. */
  readonly previous: boolean;
}

/**
 * Tells the log lines of all pods of an application; with `follow` until `signal` aborts, also those of pods
 * that come later. Throws `application-not-found`.
 */
export async function showLogs(
  request: LogsRequest,
  onLine: (line: { readonly pod: string; readonly line: string }) => void,
  {
    cluster,
    ports,
    signal,
  }: {
    readonly cluster: SpringCluster;
    readonly ports: Pick<Ports, "clock">;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { name, namespace } = await findServiceOrJob(cluster, { ...request, signal });
  const { sinceMs, tail, previous } = request;
  const options = {
    // Kubernetes counts whole seconds.
    ...(sinceMs === undefined ? {} : { sinceSeconds: Math.max(1, Math.ceil(sinceMs / 1000)) }),
    ...(tail === undefined ? {} : { tail }),
    previous,
  };
  if (request.follow) {
    return followLogs(
      { name, namespace, options, signal, onLine },
      { cluster, clock: ports.clock },
    );
  }
  const labels = selectorOf(name);
  const pods = await cluster.api.list({ kinds: ["Pod"], namespace, labels }, { signal });
  const createdAt = ({ metadata }: KubernetesObject) => metadata?.creationTimestamp ?? "";
  for (const { metadata } of pods.toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)))) {
    const pod = metadata?.name ?? "";
    try {
      const lines = cluster.api.logs({ name: pod, namespace }, { ...options, signal });
      for await (const line of lines) onLine({ pod, line });
    } catch (error) {
      // A pod that has not started, or has no container before, says so in its place.
      if (!isToolError(error, "cluster-request-failed")) throw error;
      for (const line of error.facts.reason.trimEnd().split("\n")) onLine({ pod, line });
    }
  }
  return undefined;
}
