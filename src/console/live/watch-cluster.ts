import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, FeedChange } from "../../ports/cluster-api.ts";
import { rowOf } from "../facts/row-of.ts";
import { sanitisedLine } from "../facts/sanitise.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { RowKind } from "../model/rows.ts";
import { reasonOf } from "./reason-of.ts";

/** A cluster that cannot be reached is tried again after so long at first, then less often; at once when its containers change. */
const RETRY_MS = { first: 1_000, longest: 15_000 };

interface Watching {
  readonly api: Pick<ClusterApi, "watch">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
}

/** One cluster's objects as rows, kind by kind, as long as they are wanted. */
export class ClusterWatch {
  readonly #watching: Watching;
  readonly #feeds = new Map<RowKind, Feed>();
  #hasEnded = false;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** From now on these kinds are told and no others. Those that are told already go on. */
  want(kinds: readonly RowKind[]): void {
    if (this.#hasEnded) return;
    for (const [kind, feed] of this.#feeds) {
      if (kinds.includes(kind)) continue;
      feed.end();
      this.#feeds.delete(kind);
    }
    for (const kind of kinds) {
      if (this.#feeds.has(kind)) continue;
      const feed = new Feed(kind, this.#watching);
      this.#feeds.set(kind, feed);
      feed.begin();
    }
  }

  /** Lists everything anew: its nodes were started or unpaused, a user asks for it, or this machine has slept. */
  renew(): void {
    for (const feed of this.#feeds.values()) feed.renew();
  }

  end(): void {
    this.#hasEnded = true;
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
  }
}

/** One kind's feed, begun again as often as it ends. */
class Feed {
  readonly #kind: RowKind;
  readonly #watching: Watching;
  readonly #ending = new AbortController();
  #renewal = new AbortController();

  constructor(kind: RowKind, watching: Watching) {
    this.#kind = kind;
    this.#watching = watching;
  }

  begin(): void {
    // It ends by its signal alone; everything that fails is told as an event.
    void this.#run();
  }

  renew(): void {
    this.#renewal.abort(new Error("the feed begins anew"));
  }

  end(): void {
    this.#ending.abort(new Error("the feed is not wanted any more"));
  }

  async #run(): Promise<void> {
    const { clock } = this.#watching;
    let pauseMs = RETRY_MS.first;
    this.#tellState("connecting");
    while (!this.#ending.signal.aborted) {
      this.#renewal = new AbortController();
      const signal = AbortSignal.any([this.#ending.signal, this.#renewal.signal]);
      const hasWorked = await this.#followOnce(signal);
      if (hasWorked) pauseMs = RETRY_MS.first;
      if (this.#renewal.signal.aborted) continue;
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    }
  }

  /** Whether anything was told. */
  async #followOnce(signal: AbortSignal): Promise<boolean> {
    const { api } = this.#watching;
    let hasWorked = false;
    try {
      for await (const change of api.watch({ kind: this.#kind }, { signal })) {
        if (signal.aborted) break;
        hasWorked = true;
        this.#tell(change);
      }
    } catch (error) {
      if (signal.aborted) return hasWorked;
      // Where there is no cluster there is nothing in it either; in one that only rests everything is as it was.
      if (isToolError(error, "cluster-not-found")) this.#tellRows([]);
      const isRefused = isToolError(error, "cluster-request-failed") && !hasWorked;
      this.#tellState(isRefused ? "refused" : "interrupted", reasonOf(error));
    }
    return hasWorked;
  }

  #tell(change: FeedChange): void {
    const { emit, clock } = this.#watching;
    const atMs = clock.monotonicMs();
    switch (change.type) {
      case "listed":
        this.#tellRows(change.objects.map((object) => rowOf(object, this.#kind)));
        return this.#tellState("live");
      case "changed":
        return emit({ type: "row", row: rowOf(change.object, this.#kind), atMs });
      case "removed": {
        const uid = change.object.metadata?.uid ?? "";
        return emit({ type: "row-gone", kind: this.#kind, uid, atMs });
      }
      case "interrupted":
        return this.#tellState("interrupted", change.reason);
      case "resumed":
        return this.#tellState("live");
    }
  }

  #tellRows(rows: readonly ReturnType<typeof rowOf>[]): void {
    const { emit, clock } = this.#watching;
    emit({ type: "rows", kind: this.#kind, rows, atMs: clock.monotonicMs() });
  }

  #tellState(
    state: Extract<ConsoleEvent, { readonly type: "feed" }>["state"],
    reason?: string,
  ): void {
    const { emit, clock } = this.#watching;
    emit({
      ...{ type: "feed", kind: this.#kind, state },
      ...(reason === undefined ? {} : { reason: sanitisedLine(reason) }),
      atMs: clock.monotonicMs(),
    });
  }
}
