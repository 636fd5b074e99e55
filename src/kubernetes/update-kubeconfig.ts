import { ToolError } from "../errors/tool-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files, FileStatus } from "../ports/files.ts";
import type { Random } from "../ports/random.ts";

export interface UpdateKubeconfigRequest {
  readonly path: string;
  /**
   * Makes the new text of the old one (undefined: there is no file). Undefined or the same text: nothing is
   * written. What it throws leaves the file as it was.
   */
  readonly change: (existing: string | undefined) => string | undefined;
  readonly signal?: AbortSignal;
}

interface UpdatePorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
}

/** Programs hold the lock for milliseconds: one that the same program has had for so long will not come free. */
const heldLockMs = 10_000;

/** In CI many programs want it one after the other, and each has its turn; but not for ever. */
const contendedLockMs = 60_000;

/** A lock this old was left by a program that crashed: nobody holds it on purpose for so long. */
const staleLockMs = 60_000;

/**
 * Changes a kubeconfig under client-go's lock (PATH.lock, created exclusively), so that no change of kubectl, kind or
 * another airfield is lost, and writes it whole or not at all, with mode 0600. A symlink stays one.
 * Throws `kubeconfig-locked`, `file-unreadable`, `file-unwritable` and what `change` throws.
 */
export async function updateKubeconfig(
  { path, change, signal }: UpdateKubeconfigRequest,
  ports: UpdatePorts,
): Promise<void> {
  const { files } = ports;
  await withLocks(await lockPaths(path, files), path, { ...ports, signal }, async () => {
    const existing = await files.readText(path);
    const changed = change(existing);
    if (changed === undefined || changed === existing) return;
    signal?.throwIfAborted();
    await files.writeTextAtomic(path, changed, { mode: 0o600 });
  });
}

/**
 * client-go locks the path it was given, which others may reach by another name: a link and its target
 * are both locked, in an order that is the same for everybody.
 */
async function lockPaths(path: string, files: Files): Promise<readonly string[]> {
  const target = (await files.realPath(path)) ?? path;
  return [...new Set([path, target])].sort().map((file) => `${file}.lock`);
}

async function withLocks(
  [lock, ...others]: readonly string[],
  path: string,
  ports: UpdatePorts & { readonly signal: AbortSignal | undefined },
  work: () => Promise<void>,
): Promise<void> {
  if (lock === undefined) return work();
  await acquire(lock, path, ports);
  try {
    await withLocks(others, path, ports, work);
  } finally {
    await ports.files.remove(lock);
  }
}

async function acquire(
  lock: string,
  path: string,
  ports: UpdatePorts & { readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { files, clock, random, signal } = ports;
  const startMs = clock.monotonicMs();
  let holder: { readonly madeMs: number | undefined; readonly sinceMs: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    if (await files.createExclusive(lock, "")) return;
    const status = await files.status(lock);
    if (isStale(status, clock) && (await breakLock(lock, ports))) continue;
    const nowMs = clock.monotonicMs();
    if (holder === undefined || holder.madeMs !== status?.modifiedMs) {
      holder = { madeMs: status?.modifiedMs, sinceMs: nowMs };
    }
    if (nowMs - holder.sinceMs >= heldLockMs || nowMs - startMs >= contendedLockMs) {
      throw new ToolError("kubeconfig-locked", { path, lock });
    }
    // Unequal pauses, so that writers who began together do not go on meeting.
    const jitterMs = Number(random.string(2, "0123456789")) / 2;
    await clock.sleep(10 + jitterMs, signal);
  }
}

/**
 * Removes a stale lock; true when it is gone. One program at a time may do so: another could remove the lock that the
 * first has taken since.
 */
async function breakLock(lock: string, ports: UpdatePorts): Promise<boolean> {
  const guard = `${lock}.stale`;
  if (!(await ports.files.createExclusive(guard, ""))) {
    // A guard that is stale itself comes from a crash during these few milliseconds.
    if (isStale(await ports.files.status(guard), ports.clock)) await ports.files.remove(guard);
    return false;
  }
  try {
    if (isStale(await ports.files.status(lock), ports.clock)) await ports.files.remove(lock);
    return true;
  } finally {
    await ports.files.remove(guard);
  }
}

function isStale(status: FileStatus | undefined, clock: Clock): boolean {
  return status !== undefined && Date.parse(clock.nowIso()) - status.modifiedMs > staleLockMs;
}
