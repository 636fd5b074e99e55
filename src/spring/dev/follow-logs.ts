import { isToolError } from "../../errors/tool-error.ts";
import type { FeedChange, KubernetesObject, LogOptions } from "../../ports/cluster-api.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { KILLED_EXIT_CODE } from "../rollout/killed-pods.ts";
import { selectorOf } from "../objects/plan-manifests.ts";

/** After the end of a watch that should go on; a cluster that is gone is not asked too often. */
const PAUSE_MS = 500;

interface FollowRequest {
  readonly name: string;
  readonly namespace: string;
  /** What is told of each log. */
  readonly options: Omit<LogOptions, "follow" | "signal">;
  readonly signal: AbortSignal;
  readonly onLine: (line: { readonly pod: string; readonly line: string }) => void;
  /** A pod did not end in the time that it has for it. */
  readonly onKilled?: (pod: { readonly graceSeconds: number }) => void;
}

/**
 * Tells the log of every pod of an application, also of those that come later, until the signal aborts: pods are watched,
 * and the log of each of their containers is followed once. Throws `cluster-request-failed` when pods cannot be listed.
 */
export async function followLogs(
  request: FollowRequest,
  { cluster, clock }: { readonly cluster: Pick<SpringCluster, "api"> } & Pick<Ports, "clock">,
): Promise<void> {
  const { name, namespace, signal } = request;
  const followed = new Set<string>();
  const logs: Promise<void>[] = [];
  const selection = { kind: "Pod", namespace, labels: selectorOf(name) } as const;
  await untilAborted(signal, clock, async () => {
    for await (const change of cluster.api.watch(selection, { signal })) {
      for (const pod of podsIn(change)) look(pod);
    }
  });
  await Promise.all(logs);

  function look({ metadata, status }: KubernetesObject): void {
    const { name: pod = "", deletionGracePeriodSeconds: graceSeconds = 0 } = metadata ?? {};
    const { state, restartCount } = status?.containerStatuses?.[0] ?? {};
    if (state?.terminated?.exitCode === KILLED_EXIT_CODE && graceSeconds > 0) {
      request.onKilled?.({ graceSeconds });
    }
    const container = `${pod} ${restartCount ?? ""}`;
    if (state?.running === undefined || followed.has(container)) return;
    followed.add(container);
    logs.push(followPod(pod));
  }

  async function followPod(pod: string): Promise<void> {
    const options = { ...request.options, follow: true, signal };
    try {
      for await (const line of cluster.api.logs({ name: pod, namespace }, options)) {
        request.onLine({ pod, line });
      }
    } catch (error) {
      // A log that cannot be read, or breaks off, is no reason to end; its pod's next container is followed again.
      if (!signal.aborted && !isPassing(error)) throw error;
    }
  }
}

function podsIn(change: FeedChange): readonly KubernetesObject[] {
  if (change.type === "listed") return change.objects;
  return "object" in change ? [change.object] : [];
}

async function untilAborted(
  signal: AbortSignal,
  clock: Ports["clock"],
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
      await clock.sleep(PAUSE_MS, signal);
    } catch (error) {
      if (!signal.aborted && !isToolError(error, "engine-connection-lost")) throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    isToolError(error, "cluster-request-failed") || isToolError(error, "engine-connection-lost")
  );
}
