import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, LogOptions, PodName } from "../../ports/cluster-api.ts";

type WholeLogOptions = Omit<LogOptions, "follow" | "previous">;

/** A kubelet that has just removed a container knows of the next one within a second or so. */
const AGAIN_MS = 1_000;
const LOOKS = 3;

/**
 * What the kubelet answers, as a success, for a container that it tells of and has removed.
 * https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/kubelet/kuberuntime/kuberuntime_container.go (GetContainerLogs)
 */
const GONE = /^unable to retrieve container logs for \S+\s*$/;

/**
 * A container's log as it is, for what reads it as one text; empty where its container is gone. Throws
 * `cluster-request-failed`.
 */
export async function readLog(
  api: Pick<ClusterApi, "logs">,
  pod: PodName,
  options: WholeLogOptions,
): Promise<string> {
  return (await readAnswer(api, pod, options)) ?? "";
}

/**
 * The log of a container that has ended: the one before, or the newest where there was none before. The kubelet may still
 * tell of a container that it has just removed, so it is asked again then. Empty when the log is gone for good. Throws
 * `cluster-request-failed`.
 */
export async function readEndedLog(
  { api, clock }: { readonly api: Pick<ClusterApi, "logs">; readonly clock: Pick<Clock, "sleep"> },
  pod: PodName,
  options: WholeLogOptions,
): Promise<string> {
  for (let look = 1; ; look += 1) {
    const before = await readAnswer(api, pod, { ...options, previous: true }).catch(
      (error: unknown) => {
        // There was none before.
        if (isToolError(error, "cluster-request-failed")) return "";
        throw error;
      },
    );
    const log =
      before === undefined || before === "" ? await readAnswer(api, pod, options) : before;
    const isGone = log === undefined || (log === "" && before === undefined);
    if (!isGone || look === LOOKS) return log ?? "";
    await clock.sleep(AGAIN_MS, options.signal);
  }
}

/** Undefined: the container is gone. */
async function readAnswer(
  api: Pick<ClusterApi, "logs">,
  pod: PodName,
  options: Omit<LogOptions, "follow">,
): Promise<string | undefined> {
  const lines: string[] = [];
  for await (const line of api.logs(pod, options)) lines.push(line);
  const text = lines.join("\n");
  return GONE.test(text) ? undefined : text;
}
