import { errorCodeOf } from "../errors/tool-error.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import { label } from "./labels.ts";

/** A container of a pod, by the status of the pod. */
export interface PodContainer {
  /** Name of its node, which is the name of the node's container on this engine, too. */
  readonly node: string;
  /** As the pod's status has it: "containerd://ID". */
  readonly containerId: string;
}

/**
 * Prints the sockets that the processes of a container have open, and the tables of the network that they are in. By
 * what the node sees: the image needs no shell. containerd's shim keeps the process id in a file.
 * https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
 */
const SCRIPT = `
pid=$(cat "/run/containerd/io.containerd.runtime.v2.task/k8s.io/$1/init.pid") || exit 1
own=$(readlink "/proc/$pid/ns/pid") || exit 1
for process in /proc/[0-9]*; do
  [ "$(readlink "$process/ns/pid")" = "$own" ] && ls -l "$process/fd"
done 2>/dev/null
cat "/proc/$pid/net/tcp"
[ ! -r "/proc/$pid/net/tcp6" ] || cat "/proc/$pid/net/tcp6"
`;

/**
 * What {@link SCRIPT} prints; undefined where the node is no container of this engine, as on a cluster elsewhere, or the
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
    const command = ["sh", "-c", SCRIPT, "pod-sockets", id];
    const options = signal === undefined ? {} : { signal };
    const { exitCode, stdout } = await engine.exec(node, command, options);
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    // No engine, or no such container: what this would explain is told without it.
    if (errorCodeOf(error) === undefined) throw error;
    return undefined;
  }
}
