import { ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { withDeadline } from "../steps/wait-until.ts";
import { lastWordsOf } from "./bootstrap/component-logs.ts";

export interface NodeQuestion {
  /** "list its images": for the error of nodes that do not answer. */
  readonly action: string;
  readonly ports: Pick<Ports, "engine" | "clock">;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the nodes that have not answered are told; a minute unless said. */
  readonly withinMs?: number | undefined;
}

/** Far above what a node takes for an answer, even on a machine that has much else to do. */
const ANSWER_MS = 60_000;

/**
 * Asks nodes at once; resolves with their answers in the order of the nodes. Throws `nodes-not-answering` with
 * containerd's last words when not all have answered in time.
 */
export async function askNodes<Answer>(
  nodes: readonly string[],
  ask: (node: string, signal: AbortSignal) => Promise<Answer>,
  { action, ports, signal, withinMs = ANSWER_MS }: NodeQuestion,
): Promise<readonly Answer[]> {
  const waiting = new Set(nodes);
  const askAll = (until: AbortSignal) =>
    Promise.all(
      nodes.map(async (node) => {
        const answer = await ask(node, until);
        waiting.delete(node);
        return answer;
      }),
    );
  return withDeadline(askAll, {
    ...{ clock: ports.clock, withinMs, signal },
    async onDeadline() {
      const [node = ""] = waiting;
      const details = await lastWordsOf(node, "containerd", ports);
      const waited = formatDuration(withinMs);
      return new ToolError("nodes-not-answering", { nodes: [...waiting], action, waited, details });
    },
  });
}
