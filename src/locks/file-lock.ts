import type { Clock } from "../ports/clock.ts";
import type { Files, FileStatus } from "../ports/files.ts";
import type { Random } from "../ports/random.ts";

export interface LockPorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
}

export interface LockOptions {
  /** Written into the lock. */
  readonly text: string;
  /** A lock that nobody has touched for so long was left by a program that crashed. */
  readonly staleMs: number;
  /** How long a stale one is looked at before it is taken away: a machine that slept has stale locks that are held. */
  readonly watchMs: number;
  /** Least pause between two looks. */
  readonly pauseMs: number;
  /** Told at each look that finds another's lock. What it throws ends the wait. */
  readonly onHeld: (held: HeldLock) => void;
  readonly signal: AbortSignal | undefined;
}

export interface HeldLock {
  /** Since the first look. */
  readonly waitedMs: number;
  /** Since it is the very one that it is, as its holder touched it last. */
  readonly sameMs: number;
}

/** Creates a file that only one program at a time can have, as soon as no other has it; to be removed by its holder. */
export async function takeLock(
  lock: string,
  options: LockOptions,
  ports: LockPorts,
): Promise<void> {
  const { text, staleMs, watchMs, pauseMs, onHeld, signal } = options;
  const { files, clock, random } = ports;
  let firstLookMs: number | undefined;
  let holder: { readonly madeMs: number | undefined; readonly sinceMs: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    if (await files.createExclusive(lock, text)) return;
    const status = await files.status(lock);
    const nowMs = clock.monotonicMs();
    firstLookMs ??= nowMs;
    if (holder === undefined || holder.madeMs !== status?.modifiedMs) {
      holder = { madeMs: status?.modifiedMs, sinceMs: nowMs };
    }
    const sameMs = nowMs - holder.sinceMs;
    const isLeft = isStale(status, staleMs, clock) && sameMs >= watchMs;
    if (isLeft && (await breakLock(lock, staleMs, ports))) continue;
    onHeld({ waitedMs: nowMs - firstLookMs, sameMs });
    // Unequal pauses, so that those who began together do not go on meeting.
    const jitterMs = Number(random.string(2, "0123456789")) / 2;
    await clock.sleep(pauseMs + jitterMs, signal);
  }
}

/**
 * Removes a stale lock; true when it is gone. One program at a time may do so: another could remove the lock that the
 * first has taken since.
 */
async function breakLock(
  lock: string,
  staleMs: number,
  { files, clock }: LockPorts,
): Promise<boolean> {
  const guard = `${lock}.stale`;
  if (!(await files.createExclusive(guard, ""))) {
    // A guard that is stale itself comes from a crash during these few milliseconds.
    if (isStale(await files.status(guard), staleMs, clock)) await files.remove(guard);
    return false;
  }
  try {
    if (isStale(await files.status(lock), staleMs, clock)) await files.remove(lock);
    return true;
  } finally {
    await files.remove(guard);
  }
}

function isStale(status: FileStatus | undefined, staleMs: number, clock: Clock): boolean {
  return status !== undefined && Date.parse(clock.nowIso()) - status.modifiedMs > staleMs;
}
