/** Time, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds of a monotonic clock: for measuring and deadlines, not for dates. */
  monotonicMs(): number;
  /** The wall clock, ISO 8601 in UTC. */
  nowIso(): string;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborts after `ms`. Keeps no program alive: what waits only for it has to hold on to something else. */
  deadline(ms: number): AbortSignal;
}
