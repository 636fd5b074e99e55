import type { Clock } from "../../src/ports/clock.ts";

interface Deadline {
  readonly atMs: number;
  readonly abort: AbortController;
}

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/**
 * Virtual time: it stands still while there is work, and jumps to the next sleeper's end when everything
 * sleeps. Sleepers that overlap wake in their order, as with a real clock. A deadline moves no time: it comes when
 * a sleep or `advance` has brought time there, so that work which waits for no clock never meets it.
 */
export class FakeClock implements Clock {
  /** Every sleep asked for, in order. */
  readonly sleepsMs: number[] = [];
  #nowMs = 0;
  #isTicking = false;
  #sleepers: readonly Sleeper[] = [];
  #deadlines: readonly Deadline[] = [];
  readonly #startMs: number;

  constructor(start = "2026-01-01T00:00:00.000Z") {
    this.#startMs = Date.parse(start);
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  nowIso(): string {
    return new Date(this.#startMs + this.#nowMs).toISOString();
  }

  /** Lets time pass without anybody sleeping, as slow work does. */
  advance(ms: number): void {
    this.#nowMs += ms;
    this.#reachDeadlines();
  }

  deadline(ms: number): AbortSignal {
    const abort = new AbortController();
    this.#deadlines = [...this.#deadlines, { atMs: this.#nowMs + ms, abort }];
    return abort.signal;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleepsMs.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return void reject(signal.reason as Error);
      const sleeper: Sleeper = {
        wakeAtMs: this.#nowMs + ms,
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
      this.#sleepers = [...this.#sleepers, sleeper].sort((a, b) => a.wakeAtMs - b.wakeAtMs);
      this.#tickWhenIdle();
    });
  }

  #reachDeadlines(): void {
    const reached = this.#deadlines.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#deadlines = this.#deadlines.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { abort } of reached) {
      abort.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    }
  }

  /** After all that is ready to run has run. */
  #tickWhenIdle(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setImmediate(() => {
      this.#isTicking = false;
      const [next, ...rest] = this.#sleepers;
      if (next === undefined) return;
      this.#sleepers = rest;
      this.#nowMs = Math.max(this.#nowMs, next.wakeAtMs);
      // A deadline at the same moment comes first, as its timer would have been set first.
      this.#reachDeadlines();
      next.wake();
      if (rest.length > 0) this.#tickWhenIdle();
    });
  }
}
