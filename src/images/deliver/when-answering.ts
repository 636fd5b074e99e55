import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";

/** A node's containerd answers a second or two after its container was started; on a busy machine later. */
const deadlineMs = 20_000;
const betweenTriesMs = 200;

/**
 * The outcome of `ask`, which asks a node's containerd; asked again as long as containerd is not there yet, as on a
 * node that has just been started. What else fails, fails at once.
 */
export async function whenAnswering<Value>(
  ask: () => Promise<Value>,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Value> {
  for (const endMs = clock.monotonicMs() + deadlineMs; ; await clock.sleep(betweenTriesMs, signal))
    try {
      return await ask();
    } catch (error) {
      if (!isStarting(error) || clock.monotonicMs() >= endMs) throw error;
    }
}

/** ctr looks for the socket before it connects to it. */
function isStarting(error: unknown): boolean {
  return (
    isToolError(error, "node-command-failed") &&
    /containerd\.sock.*(no such file or directory|connection refused)/.test(error.facts.output)
  );
}
