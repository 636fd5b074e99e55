import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi } from "../../ports/cluster-api.ts";
import { figuresOf } from "../facts/figures-of.ts";
import type { ConsoleEvent } from "../model/events.ts";

/** The kubelet measures about as often; asked more often it says the same again. */
const EVERY_MS = 10_000;
/** A node that is stopped or paused does not answer. */
const TIMEOUT_MS = 5_000;

interface Asking {
  readonly api: Pick<ClusterApi, "list" | "nodeSummary">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
}

/**
 * Tells `figures` of each node every ten seconds until the signal aborts. Of a node that does not answer, and of one whose
 * figures may not be read, nothing is told.
 */
export async function tellFigures(asking: Asking, signal: AbortSignal): Promise<void> {
  const { clock } = asking;
  while (!signal.aborted) {
    const together = AbortSignal.any([signal, clock.deadline(TIMEOUT_MS)]);
    // The cluster may rest, or be away; the feeds tell that.
    await askAll(asking, together).catch(() => undefined);
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

async function askAll({ api, clock, emit }: Asking, signal: AbortSignal): Promise<void> {
  const nodes = await api.list({ kinds: ["Node"] }, { signal });
  await Promise.allSettled(
    nodes.map(async ({ metadata }) => {
      const name = metadata?.name ?? "";
      const summary = await api.nodeSummary(name, { signal });
      const figures = summary === undefined ? undefined : figuresOf(name, summary);
      if (figures === undefined || signal.aborted) return;
      emit({ type: "figures", figures, atMs: clock.monotonicMs() });
    }),
  );
}
