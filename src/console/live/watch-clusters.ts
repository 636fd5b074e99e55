import { label } from "../../nodes/labels.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  ContainerEngine,
  ContainerEvent,
  ContainerSummary,
} from "../../ports/container-engine.ts";
import { clusterRows, type PublishedPorts } from "../facts/cluster-rows.ts";
import { sanitised } from "../facts/sanitise.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { reasonOf } from "./reason-of.ts";

/** A cluster's creation tells dozens of events; those of this time are looked at together. */
const GATHER_MS = 100;
/** An engine that is gone is asked again after so long at first, then less often. */
const RETRY_MS = { first: 500, longest: 5_000 };

interface Watching {
  readonly engine: Pick<ContainerEngine, "containerEvents" | "listContainers" | "inspectContainer">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: (event: ConsoleEvent) => void;
  /** Told of each thing that happens to a container of a cluster, before the clusters are told anew. */
  readonly onEvent: (cluster: string, event: ContainerEvent) => void;
  /** The engine is there (again): what happened in between was not told. */
  readonly onReached: () => void;
}

/**
 * Tells all clusters of the engine, and again whenever a container of theirs changes, until the signal aborts. The engine
 * is asked when it says that something has happened, never by the clock; one that is gone is waited for.
 */
export async function watchClusters(watching: Watching): Promise<void> {
  const { clock, signal, emit } = watching;
  let pauseMs = RETRY_MS.first;
  while (!signal.aborted) {
    const reason = await followOnce(watching, () => {
      pauseMs = RETRY_MS.first;
    });
    if (isAborted(signal)) return;
    emit({ type: "engine", state: "lost", reason });
    await clock.sleep(pauseMs, signal).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
  }
}

/** The compiler does not see that a signal changes. */
function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** Until the engine is gone; resolves with what is known of the reason. */
async function followOnce(
  { engine, clock, signal, emit, onEvent, onReached }: Watching,
  onWorking: () => void,
): Promise<string> {
  const ending = new AbortController();
  const together = AbortSignal.any([signal, ending.signal]);
  const known = new Map<string, string | undefined>();
  let isDirty = false;
  let isGathering = false;
  try {
    // First this: what happens while the list is made is in the list or in the events.
    const events = await engine.containerEvents(
      { labels: { [label.cluster]: "" } },
      { signal: together },
    );
    await tell();
    onWorking();
    emit({ type: "engine", state: "reached" });
    onReached();
    for await (const event of events) {
      onEvent(event.labels[label.cluster] ?? "", event);
      isDirty = true;
      // Its failure ends the loop as one of the stream does.
      if (!isGathering) gather().catch((error: unknown) => ending.abort(error));
    }
    return "the engine has ended its events";
  } catch (error) {
    return reasonOf(error);
  } finally {
    ending.abort(new Error("no longer followed"));
  }

  async function gather(): Promise<void> {
    isGathering = true;
    try {
      while (isDirty) {
        await clock.sleep(GATHER_MS, together);
        isDirty = false;
        await tell();
      }
    } finally {
      isGathering = false;
    }
  }

  async function tell(): Promise<void> {
    const containers = await engine.listContainers({ labels: { [label.cluster]: "" } });
    const published = await publishedPorts(containers);
    if (together.aborted) return;
    emit({ type: "clusters", clusters: sanitised(clusterRows(containers, published)) });
  }

  /** What a list does not say: the host's port of each port container. Looked at once, as long as it runs. */
  async function publishedPorts(containers: readonly ContainerSummary[]): Promise<PublishedPorts> {
    const ports = containers.filter(({ labels }) => labels[label.role] === "port");
    const running = ports.filter(({ state }) => state === "running");
    for (const id of known.keys()) {
      if (!running.some((container) => container.id === id)) known.delete(id);
    }
    await Promise.all(
      running.map(async ({ id }) => {
        if (known.has(id)) return;
        const [port] = (await engine.inspectContainer(id))?.ports ?? [];
        const url = port === undefined ? undefined : `http://${port.hostAddress}:${port.hostPort}`;
        known.set(id, url);
      }),
    );
    return known;
  }
}
