import { ToolError } from "../errors/tool-error.ts";
import { takeLock, type HeldLock, type LockPorts } from "../locks/file-lock.ts";
import type { Files } from "../ports/files.ts";

export interface UpdateKubeconfigRequest {
  readonly path: string;
  /**
   * Makes the new text of the old one (undefined: there is no file). Undefined or the same text: nothing is
   * written. What it throws leaves the file as it was.
   */
  readonly change: (existing: string | undefined) => string | undefined;
  readonly signal?: AbortSignal;
}

/** Programs hold the lock for milliseconds: one that the same program has had for so long will not come free. */
const heldLockMs = 10_000;

/** In CI many programs want it one after the other, and each has its turn; but not for ever. */
const contendedLockMs = 60_000;

/** A lock this old was left by a program that crashed: nobody holds it on purpose for so long. */
const staleLockMs = 60_000;

const pauseMs = 10;

/**
 * Changes a kubeconfig under client-go's lock (PATH.lock, created exclusively), so that no change of kubectl, kind or
 * another airfield is lost, and writes it whole or not at all, with mode 0600. A symlink stays one.
 * Throws `kubeconfig-locked`, `file-unreadable`, `file-unwritable` and what `change` throws.
 */
export async function updateKubeconfig(
  { path, change, signal }: UpdateKubeconfigRequest,
  ports: LockPorts,
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
  ports: LockPorts & { readonly signal: AbortSignal | undefined },
  work: () => Promise<void>,
): Promise<void> {
  if (lock === undefined) return work();
  const onHeld = ({ waitedMs, sameMs }: HeldLock): void => {
    if (sameMs >= heldLockMs || waitedMs >= contendedLockMs)
      throw new ToolError("kubeconfig-locked", { path, lock });
  };
  const { signal } = ports;
  const rules = { text: "", staleMs: staleLockMs, watchMs: 0, pauseMs };
  await takeLock(lock, { ...rules, onHeld, signal }, ports);
  try {
    await withLocks(others, path, ports, work);
  } finally {
    await ports.files.remove(lock);
  }
}
