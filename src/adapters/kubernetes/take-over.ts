import { planTakeOver } from "../../kubernetes/field-manager.ts";
import type { PatchOperation } from "../../ports/cluster-api.ts";

/** Controllers write to an object that was applied a moment ago; kubectl tries as often. */
const MOST_TRIES = 5;

/**
 * Gives our apply the fields of an object that it should own (see `planTakeOver`); true: the object is to be applied
 * again. Throws what the last patch throws.
 */
export async function takeOver(
  live: unknown,
  {
    patch,
    read,
    signal,
  }: {
    readonly patch: (operations: readonly PatchOperation[]) => Promise<unknown>;
    /** The object as it is now, with its managed fields. */
    readonly read: () => Promise<unknown>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  let seen = live;
  for (let tries = 1; ; tries += 1) {
    const operations = planTakeOver(seen);
    if (operations === undefined) return tries > 1;
    try {
      await patch(operations);
      return true;
    } catch (error) {
      signal?.throwIfAborted();
      if (tries === MOST_TRIES) throw error;
      // It was changed meanwhile.
      seen = await read();
    }
  }
}
