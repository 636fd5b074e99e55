import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, FeedChange, WatchSelection } from "../../ports/cluster-api.ts";

/** A cluster that cannot be reached is tried again after so long at first, then less often. */
const RETRY_MS = { first: 1_000, longest: 5_000 };

interface Feeding {
  readonly api: Pick<ClusterApi, "watch">;
  readonly clock: Clock;
  readonly onChange: (change: FeedChange) => void;
  /** The feed has ended and is begun again; `hasWorked`: it had told something before. */
  readonly onFailure: (error: unknown, hasWorked: boolean) => void;
}

/** A feed of a cluster's API that is begun again as often as it ends: the cluster may rest, be gone, or be made anew. */
export class LastingFeed {
  readonly #selection: WatchSelection;
  readonly #feeding: Feeding;
  readonly #ending = new AbortController();
  #renewal = new AbortController();
  /** While it waits to be tried again. */
  #pause: AbortController | undefined;

  constructor(selection: WatchSelection, feeding: Feeding) {
    this.#selection = selection;
    this.#feeding = feeding;
  }

  begin(): void {
    // It ends by its signal alone; everything that fails is told.
    void this.#run();
  }

  /** Lists anew, at once. */
  renew(): void {
    this.#renewal.abort(new Error("the feed begins anew"));
  }

  /** Does not wait any longer, where it waits to be tried again: the cluster answers. */
  retry(): void {
    this.#pause?.abort(new Error("the cluster answers again"));
  }

  end(): void {
    this.#ending.abort(new Error("the feed is not wanted any more"));
  }

  async #run(): Promise<void> {
    let pauseMs = RETRY_MS.first;
    while (!this.#ending.signal.aborted) {
      this.#renewal = new AbortController();
      const signal = AbortSignal.any([this.#ending.signal, this.#renewal.signal]);
      if (await this.#followOnce(signal)) pauseMs = RETRY_MS.first;
      if (this.#renewal.signal.aborted) continue;
      this.#pause = new AbortController();
      const waking = AbortSignal.any([signal, this.#pause.signal]);
      await this.#feeding.clock.sleep(pauseMs, waking).catch(() => undefined);
      this.#pause = undefined;
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    }
  }

  /** Whether anything was told. */
  async #followOnce(signal: AbortSignal): Promise<boolean> {
    const { api, onChange, onFailure } = this.#feeding;
    let hasWorked = false;
    try {
      for await (const change of api.watch(this.#selection, { signal })) {
        if (signal.aborted) break;
        hasWorked = true;
        onChange(change);
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error, hasWorked);
    }
    return hasWorked;
  }
}
