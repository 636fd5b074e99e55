import { errorCodeOf } from "../errors/tool-error.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import { label } from "./labels.ts";
import script from "./pod-sockets.sh";

/** A container of a pod, by the status of the pod. */
export interface PodContainer {
  /** Name of its node, which is the name of the node's container on this engine, too. */
  readonly node: string;
  /** As the pod's status has it: "containerd://ID". */
  readonly containerId: string;
}

/**
 * What pod-sockets.sh prints; undefined where the node is no container of this engine, as on a cluster elsewhere, or the
 * container is gone. Nodes of kind count: they carry the same labels. Throws only the reason of an aborted `signal`.
 */
export async function readPodSockets(
  { node, containerId }: PodContainer,
  {
    engine,
    signal,
  }: {
    readonly engine: Pick<ContainerEngine, "inspectContainer" | "exec">;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string | undefined> {
  const id = /^containerd:\/\/([0-9a-f]+)$/.exec(containerId)?.[1];
  if (id === undefined) return undefined;
  try {
    const details = await engine.inspectContainer(node);
    if (details?.labels[label.kindCluster] === undefined) return undefined;
    const command = ["sh", "-c", script, "pod-sockets", id];
    const options = signal === undefined ? {} : { signal };
    const { exitCode, stdout } = await engine.exec(node, command, options);
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    // No engine, or no such container: the error is reported without this explanation.
    if (errorCodeOf(error) === undefined) throw error;
    return undefined;
  }
}
