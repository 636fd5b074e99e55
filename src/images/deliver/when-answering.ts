import { isToolError, ToolError } from "../../errors/tool-error.ts";
import { lastWordsOf } from "../../nodes/bootstrap/component-logs.ts";
import type { Ports } from "../../ports/ports.ts";
import { waitUntil } from "../../steps/wait-until.ts";

/** A node's containerd answers a second or two after its container was started; on a busy machine later. */
const withinMs = 60_000;
const everyMs = 200;

/**
 * The outcome of `ask`, which asks a node's containerd; asked again as long as containerd is not there yet, as on a
 * node that has just been started. What else fails, fails at once.
 *
 * @throws ToolError `containerd-not-answering`
 */
export async function whenAnswering<Value>(
  node: string,
  ask: (signal: AbortSignal) => Promise<Value>,
  ports: Pick<Ports, "engine" | "clock">,
  signal?: AbortSignal,
): Promise<Value> {
  let refusal: unknown;
  const { value } = await waitUntil(
    async (until) => {
      try {
        return { value: await ask(until) };
      } catch (error) {
        if (!isStarting(error)) throw error;
        refusal = error;
        return undefined;
      }
    },
    {
      ...{ clock: ports.clock, withinMs, everyMs, signal },
      async onDeadline() {
        const details = await lastWordsOf(node, "containerd", ports);
        const facts = { node, waited: `${withinMs / 1000} s`, details };
        return new ToolError("containerd-not-answering", facts, { cause: refusal });
      },
    },
  );
  return value;
}

/** ctr looks for the socket before it connects to it. */
function isStarting(error: unknown): boolean {
  return (
    isToolError(error, "node-command-failed") &&
    /containerd\.sock.*(no such file or directory|connection refused)/.test(error.facts.output)
  );
}
