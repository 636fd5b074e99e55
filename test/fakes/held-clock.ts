import type { Clock } from "../../src/ports/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Virtual time that goes on only when a test says so: for work that sleeps without end. */
export class HeldClock implements Clock {
  #nowMs = 0;
  #asleepMs = 0;
  #sleepers: readonly Sleeper[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  nowIso(): string {
    return new Date(Date.UTC(2026, 0, 1) + this.#nowMs + this.#asleepMs).toISOString();
  }

  /** The machine sleeps: only the wall clock goes on. */
  jump(ms: number): void {
    this.#asleepMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return void reject(signal.reason as Error);
      const sleeper: Sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers = [...this.#sleepers, sleeper].sort((a, b) => a.atMs - b.atMs);
    });
  }

  deadline(ms: number): AbortSignal {
    const abort = new AbortController();
    void this.sleep(ms).then(() =>
      abort.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
    );
    return abort.signal;
  }

  /** Lets time pass; those who sleep wake one after the other, and do what they then do. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const [next] = this.#sleepers;
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers = this.#sleepers.slice(1);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Everything that is ready to run has run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
