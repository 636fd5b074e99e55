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
    // A whole number that is not negative, and a timer's 32 bits at most; monotonicMs() has fractions.
    // https://nodejs.org/api/globals.html#static-method-abortsignaltimeoutdelay
    return AbortSignal.timeout(Math.min(Math.max(Math.ceil(ms), 0), 2 ** 31 - 1));
  }
}
