import { createHash } from "node:crypto";
import { join } from "node:path";
import { orAborted } from "../../steps/or-aborted.ts";
import { takeLock, type LockPorts } from "../../locks/file-lock.ts";

/** Of one who is alive and holds it. */
const RENEWAL_MS = 1_000;
/** Many renewals: a disk may keep a program waiting for seconds. */
const STALE_MS = 10_000;
/** Three renewals that do not come. */
const WATCH_MS = 3_500;
/** A build takes seconds, and looking costs next to nothing. */
const PAUSE_MS = 100;

/** The right to build in a folder, and to read what the build leaves there. */
export interface BuildLock {
  /** Twice is fine. */
  release(): Promise<void>;
}

interface HoldOptions {
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** Called once when another command builds there. */
  readonly onWait: () => void;
}

/** A lock that one or several of this command want. */
interface Shared {
  users: number;
  readonly taken: Promise<BuildLock>;
  /** Ends the wait when nobody wants it any more. */
  readonly unwanted: AbortController;
}

/**
 * Keeps commands from building in one folder at the same time: each would write the archive while the other reads it.
 * The locks are in the cache folder, by the folders' real paths. One command has a folder's lock once, however many of its
 * applications are built there; which of these waits for which is for SharedBuilds to say.
 */
export class BuildLocks {
  readonly #ports: LockPorts;
  readonly #shared = new Map<string, Shared>();

  constructor(ports: LockPorts) {
    this.#ports = ports;
  }

  async hold(folder: string, { signal, onWait }: HoldOptions): Promise<BuildLock> {
    const shared = this.#shared.get(folder) ?? this.#want(folder, onWait);
    shared.users += 1;
    let isHeld = true;
    const release = async (): Promise<void> => {
      if (!isHeld) return;
      isHeld = false;
      await this.#leave(folder, shared);
    };
    try {
      await orAborted(shared.taken, signal);
    } catch (error) {
      await release();
      throw error;
    }
    return { release };
  }

  #want(folder: string, onWait: () => void): Shared {
    const unwanted = new AbortController();
    const taken = takeBuildLock(folder, { signal: unwanted.signal, onWait }, this.#ports);
    // Those who wait for it are told.
    taken.catch(() => undefined);
    const shared = { users: 0, taken, unwanted };
    this.#shared.set(folder, shared);
    return shared;
  }

  async #leave(folder: string, shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#shared.delete(folder);
    shared.unwanted.abort();
    const lock = await shared.taken.catch(() => undefined);
    await lock?.release();
  }
}

async function takeBuildLock(
  folder: string,
  { signal, onWait }: HoldOptions,
  ports: LockPorts,
): Promise<BuildLock> {
  const { files, random } = ports;
  const realFolder = (await files.realPath(folder)) ?? folder;
  const name = createHash("sha256").update(realFolder).digest("hex");
  const path = join(files.cacheFolder, "builds", `${name}.lock`);
  const text = random.string(20, "0123456789abcdef");
  let isTold = false;
  await takeLock(
    path,
    {
      ...{ text, signal, staleMs: STALE_MS, watchMs: WATCH_MS, pauseMs: PAUSE_MS },
      onHeld({ waitedMs, sameMs }) {
        // One that shows no life may be left, and is not worth a word yet.
        const isAlive = sameMs < waitedMs;
        if (isTold || (!isAlive && waitedMs <= WATCH_MS)) return;
        isTold = true;
        onWait();
      },
    },
    ports,
  );
  const ending = new AbortController();
  const renewing = renew(path, ending.signal, ports);
  // What it fails with is told at the release.
  renewing.catch(() => undefined);
  return {
    async release() {
      ending.abort();
      await renewing;
      // Whoever was stopped for long (Ctrl-Z) has lost it to another.
      if ((await files.readText(path)) === text) await files.remove(path);
    },
  };
}

async function renew(
  path: string,
  signal: AbortSignal,
  { files, clock }: LockPorts,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(RENEWAL_MS, signal).catch(() => undefined);
    if (!signal.aborted) await files.touch(path);
  }
}
