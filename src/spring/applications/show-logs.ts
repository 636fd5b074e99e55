import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { followLogs } from "../dev/follow-logs.ts";
import { kubectl } from "../kubectl.ts";
import { selectorOf } from "../plan-manifests.ts";
import { toSelector } from "../read-application.ts";
import { findServiceOrJob } from "./find-applications.ts";

export interface LogsRequest {
  readonly name: string;
  readonly namespace?: string;
  readonly follow: boolean;
  /** As kubectl takes it: "10m". */
  readonly since?: string;
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
  const options = [
    ...(request.since === undefined ? [] : [`--since=${request.since}`]),
    ...(request.tail === undefined ? [] : [`--tail=${request.tail}`]),
    ...(request.previous ? ["--previous"] : []),
  ];
  if (request.follow) {
    return followLogs(
      { name, namespace, options, signal, onLine },
      { cluster, clock: ports.clock },
    );
  }
  const where = ["--namespace", namespace];
  const names = await kubectl(
    cluster,
    [
      ...["get", "pods", ...where, "--selector", toSelector(selectorOf(name))],
      ...["--sort-by", "metadata.creationTimestamp", "--output", "name"],
    ],
    { signal },
  );
  for (const pod of names.split("\n").flatMap((line) => line.split("pod/")[1] ?? [])) {
    const { exitCode, stdout, stderr } = await cluster.kubectl(
      ["logs", pod, ...where, ...options],
      {
        signal,
      },
    );
    // A pod that has not started, or has no container before, says so in its place.
    const text = exitCode === 0 ? stdout : stderr;
    for (const line of text.split("\n").slice(0, text.endsWith("\n") ? -1 : undefined)) {
      onLine({ pod, line });
    }
  }
  return undefined;
}
