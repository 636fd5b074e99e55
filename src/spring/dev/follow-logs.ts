import { isToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { KILLED_EXIT_CODE } from "../killed-pods.ts";
import { selectorOf } from "../plan-manifests.ts";
import { toSelector } from "../read-application.ts";

/** After the end of a watch or a log that should go on; a cluster that is gone is not asked too often. */
const PAUSE_MS = 500;
/**
 * Of a pod and its container: its name, when it was started and how often; and at its end, whether the pod was told to
 * end, in how many seconds, and the exit code. Empty fields for what is not so.
 */
const POD = [
  "{.metadata.name}",
  "{.status.containerStatuses[0].state.running.startedAt}",
  "{.status.containerStatuses[0].restartCount}",
  "{.metadata.deletionGracePeriodSeconds}",
  "{.status.containerStatuses[0].state.terminated.exitCode}",
].join("|");

interface FollowRequest {
  readonly name: string;
  readonly namespace: string;
  /** Further options of `kubectl logs`, as "--since=1m". */
  readonly options: readonly string[];
  readonly signal: AbortSignal;
  readonly onLine: (line: { readonly pod: string; readonly line: string }) => void;
  /** A pod did not end in the time that it has for it. */
  readonly onKilled?: (pod: { readonly graceSeconds: number }) => void;
}

/**
 * Tells the log of every pod of an application, also of those that come later, until the signal aborts. `kubectl logs
 * --follow --selector` knows only the pods that are there at its start, so pods are watched beside it.
 */
export async function followLogs(
  request: FollowRequest,
  { cluster, clock }: { readonly cluster: SpringCluster } & Pick<Ports, "clock">,
): Promise<void> {
  const { name, namespace, signal } = request;
  const followed = new Set<string>();
  const logs: Promise<void>[] = [];
  const selector = ["--namespace", namespace, "--selector", toSelector(selectorOf(name))];
  await untilAborted(signal, clock, () =>
    cluster.follow(["get", "pods", ...selector, "--watch", "--output", `jsonpath=${POD}{'\\n'}`], {
      signal,
      onLine(line) {
        const [pod = "", startedAt = "", restarts = "", grace = "", exitCode = ""] = line
          .trim()
          .split("|");
        if (Number(exitCode) === KILLED_EXIT_CODE && Number(grace) > 0) {
          request.onKilled?.({ graceSeconds: Number(grace) });
        }
        const container = `${pod} ${restarts}`;
        if (startedAt === "" || restarts === "" || followed.has(container)) return;
        followed.add(container);
        logs.push(followPod(pod));
      },
    }),
  );
  await Promise.all(logs);

  async function followPod(pod: string): Promise<void> {
    try {
      await cluster.follow(
        ["logs", pod, "--namespace", namespace, "--follow", ...request.options],
        {
          signal,
          onLine: (line) => request.onLine({ pod, line }),
        },
      );
    } catch (error) {
      // A log that breaks off is no reason to end; its pod's next container is followed again.
      if (!signal.aborted && !isToolError(error, "engine-connection-lost")) throw error;
    }
  }
}

async function untilAborted(
  signal: AbortSignal,
  clock: Ports["clock"],
  work: () => Promise<unknown>,
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
