import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";

export class SystemClock implements Clock {
  monotonicMs(): number {
    return performance.now();
  }

  nowIso(): string {
    return new Date().toISOString();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    try {
      await wait(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node rejects with an AbortError that has the reason as its cause.
      signal?.throwIfAborted();
      throw error;
    }
  }

  deadline(ms: number): AbortSignal {
    // Node takes 32-bit numbers of milliseconds (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args).
    return AbortSignal.timeout(Math.min(ms, 2 ** 31 - 1));
  }
}
