import type { ClusterApi, LogOptions, PodName } from "../ports/cluster-api.ts";

/** A container's log as it is, for what reads it as one text. Throws `cluster-request-failed`. */
export async function readLog(
  api: Pick<ClusterApi, "logs">,
  pod: PodName,
  options: Omit<LogOptions, "follow">,
): Promise<string> {
  const lines: string[] = [];
  for await (const line of api.logs(pod, options)) lines.push(line);
  return lines.join("\n");
}
