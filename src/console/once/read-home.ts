import { ToolError } from "../../errors/tool-error.ts";
import type { ClusterApi } from "../../ports/cluster-api.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ports } from "../../ports/ports.ts";
import { commands } from "../commands/commands.ts";
import { liveConsole } from "../live/live-console.ts";
import { atWallClock } from "../model/at-wall-clock.ts";
import type { ConsoleEvent } from "../model/events.ts";
import { initialState, type ConsoleState } from "../state/console-state.ts";
import { interestsOf } from "../state/interests.ts";
import { reduce } from "../state/reduce.ts";

/** What has not come by then is not waited for: a script wants an answer. */
export const HOME_DEADLINE_MS = 10_000;

export interface HomeReading {
  readonly state: ConsoleState;
  /** What was wanted and did not come, with its reason: "Pod: connecting". */
  readonly missing: readonly string[];
}

interface Reading {
  readonly ports: Pick<Ports, "engine" | "http" | "commands" | "files" | "host"> & {
    readonly clock: Clock;
  };
  readonly clusterApi: (cluster: string) => ClusterApi;
  readonly signal: AbortSignal;
}

/**
 * What the home view of the terminal UI shows at first, read once: of the named cluster, else of the only one, else the
 * list of clusters. Throws `cluster-not-found`, and the signal's reason when it aborts.
 */
export async function readHome(
  { cluster }: { readonly cluster: string | undefined },
  { ports, clusterApi, signal }: Reading,
): Promise<HomeReading> {
  const { clock } = ports;
  const { promise: whole, resolve } = Promise.withResolvers<undefined>();
  const deadline = clock.deadline(HOME_DEADLINE_MS);
  const ending = AbortSignal.any([signal, deadline]);
  let state = initialState({ columns: 80, rows: 24, cluster });
  const take = (event: ConsoleEvent) => {
    state = reduce(state, atWallClock(event, clock), commands);
  };
  take({ type: "tick", atMs: clock.monotonicMs() });
  const live = liveConsole(ports, { clusterApi, emit });
  let entered: string | undefined;
  function emit(event: ConsoleEvent): void {
    take(event);
    const { cluster: wanted, kinds } = interestsOf(state);
    if (wanted !== entered) {
      entered = wanted;
      live.enterCluster(wanted);
      live.watchKinds(kinds);
    }
    if (state.clusters === undefined ? state.engine.state === "lost" : isSettled(state)) {
      resolve(undefined);
    }
  }
  const onEnd = () => resolve(undefined);
  ending.addEventListener("abort", onEnd, { once: true });
  try {
    live.begin();
    if (!ending.aborted) await whole;
  } finally {
    ending.removeEventListener("abort", onEnd);
    await live.end();
  }
  signal.throwIfAborted();
  const known = state.clusters?.map(({ name }) => name);
  if (cluster !== undefined && known !== undefined && !known.includes(cluster)) {
    throw new ToolError("cluster-not-found", { name: cluster, known });
  }
  return { state, missing: missingIn(state) };
}

/** Nothing more will come by itself, or all has come. */
function isSettled(state: ConsoleState): boolean {
  return !isFollowed(state) || missingIn(state).length === 0;
}

/** A cluster that rests tells nothing, which its state says. */
function isFollowed({ clusters, cluster }: ConsoleState): boolean {
  const present = clusters?.find(({ name }) => name === cluster);
  return present !== undefined && (present.state === "running" || present.state === "partly");
}

function missingIn(state: ConsoleState): readonly string[] {
  const { engine, clusters, feeds } = state;
  if (clusters === undefined) {
    const reason = engine.state === "lost" ? (engine.reason ?? "no reason given") : "no answer";
    return [`clusters: ${reason}`];
  }
  if (!isFollowed(state)) return [];
  return interestsOf(state).kinds.flatMap((kind) => {
    const feed = feeds[kind];
    if (feed?.state === "live") return [];
    return [`${kind}: ${feed?.reason ?? feed?.state ?? "connecting"}`];
  });
}
