import type { Clock } from "../ports/clock.ts";

export interface WaitLimit {
  readonly clock: Clock;
  /** Milliseconds after which the wait is given up. */
  readonly withinMs: number;
  /** The caller's: Ctrl-C, or another step that has failed. Its reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The error of a wait that timed out: names what did not happen, with the last log lines of the component that it
   * depends on. Called once, after the deadline; may ask the component, and should bound that itself.
   */
  onDeadline(): Error | Promise<Error>;
}

/**
 * Does work that ends early when its signal aborts. When the deadline comes first, the error of `onDeadline` is thrown
 * with the work's own failure, if it has one, as its cause. A failure before the deadline, and a cancelled `signal`, pass through.
 */
export async function withDeadline<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  { clock, withinMs, signal, onDeadline }: WaitLimit,
): Promise<Value> {
  const deadline = clock.deadline(withinMs);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    return await work(either);
  } catch (error) {
    if (!deadline.aborted || signal?.aborted === true) throw error;
    const late = await onDeadline();
    // That the deadline has come is what `late` says already.
    if (error !== deadline.reason) late.cause ??= error;
    throw late;
  }
}

/**
 * Looks again and again, at least once, until `look` has a value; the error of `onDeadline` ends it when none came.
 * Only for what tells no event that could be waited for.
 */
export function waitUntil<Value>(
  look: (signal: AbortSignal) => Promise<Value | undefined>,
  { everyMs, ...limit }: WaitLimit & { readonly everyMs: number },
): Promise<Value> {
  return withDeadline(async (signal) => {
    for (;;) {
      const seen = await look(signal);
      if (seen !== undefined) return seen;
      await limit.clock.sleep(everyMs, signal);
    }
  }, limit);
}
