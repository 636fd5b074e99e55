import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, FeedChange } from "../../ports/cluster-api.ts";
import { rowOf } from "../facts/row-of.ts";
import { sanitisedLine } from "../facts/sanitise.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { Row, RowKind } from "../model/rows.ts";
import { LastingFeed } from "./lasting-feed.ts";
import { reasonOf } from "./reason-of.ts";

interface Watching {
  readonly api: Pick<ClusterApi, "watch">;
  readonly clock: Clock;
  readonly emit: (event: ConsoleEvent) => void;
}

/** One cluster's objects as rows, kind by kind, as long as they are wanted. */
export class ClusterWatch {
  readonly #watching: Watching;
  readonly #feeds = new Map<RowKind, LastingFeed>();
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
      const feed = this.#feedOf(kind);
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

  #feedOf(kind: RowKind): LastingFeed {
    const { api, clock } = this.#watching;
    this.#tellState(kind, "connecting");
    return new LastingFeed(
      { kind },
      {
        ...{ api, clock },
        onChange: (change) => this.#tell(kind, change),
        onFailure: (error, hasWorked) => {
          // Where there is no cluster there is nothing in it either; in one that only rests everything is as it was.
          if (isToolError(error, "cluster-not-found")) this.#tellRows(kind, []);
          const isRefused = isToolError(error, "cluster-request-failed") && !hasWorked;
          this.#tellState(kind, isRefused ? "refused" : "interrupted", reasonOf(error));
        },
      },
    );
  }

  #tell(kind: RowKind, change: FeedChange): void {
    const { emit, clock } = this.#watching;
    const atMs = clock.monotonicMs();
    switch (change.type) {
      case "listed":
        this.#tellRows(
          kind,
          change.objects.map((object) => rowOf(object, kind)),
        );
        this.#tellState(kind, "live");
        for (const feed of this.#feeds.values()) feed.retry();
        return;
      case "changed":
        return emit({ type: "row", row: rowOf(change.object, kind), atMs });
      case "removed":
        return emit({ type: "row-gone", kind, uid: change.object.metadata?.uid ?? "", atMs });
      case "interrupted":
        return this.#tellState(kind, "interrupted", change.reason);
      case "resumed":
        return this.#tellState(kind, "live");
    }
  }

  #tellRows(kind: RowKind, rows: readonly Row[]): void {
    const { emit, clock } = this.#watching;
    emit({ type: "rows", kind, rows, atMs: clock.monotonicMs() });
  }

  #tellState(
    kind: RowKind,
    state: Extract<ConsoleEvent, { readonly type: "feed" }>["state"],
    reason?: string,
  ): void {
    const { emit, clock } = this.#watching;
    emit({
      ...{ type: "feed", kind, state },
      ...(reason === undefined ? {} : { reason: sanitisedLine(reason) }),
      atMs: clock.monotonicMs(),
    });
  }
}
