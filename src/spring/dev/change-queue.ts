import type { Ports } from "../../ports/ports.ts";

/**
 * So long must nothing change until what changed counts as one save. Editors write a file and rename it within a few
 * milliseconds; a checkout of a branch or a refactoring writes hundreds of files one after another.
 */
const QUIET_MS = 60;
/** What goes on changing for longer keeps no save waiting. */
const BURST_MS = 2_000;

/** Changed files, put together to what was saved at once. */
export class ChangeQueue {
  #paths = new Set<string>();
  #count = 0;
  #wake: () => void = () => undefined;

  add(path: string): void {
    this.#paths.add(path);
    this.#count += 1;
    this.#wake();
  }

  /** Waits for the next change and until it is complete, two seconds at most. Rejects with the signal's reason. */
  async next({ clock }: Pick<Ports, "clock">, signal: AbortSignal): Promise<readonly string[]> {
    if (this.#paths.size === 0) await this.#change(signal);
    const startedMs = clock.monotonicMs();
    for (let seen = -1; seen !== this.#count && clock.monotonicMs() - startedMs < BURST_MS;) {
      seen = this.#count;
      await clock.sleep(QUIET_MS, signal);
    }
    const paths = [...this.#paths].toSorted();
    this.#paths = new Set();
    return paths;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return void reject(signal.reason as Error);
      const onAbort = () => reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#wake = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
    });
  }
}
