import type { Step } from "./step.ts";

/**
 * A list of steps, checked once when its module is loaded.
 *
 * @throws Error when two steps have one id, or when `after` names a step that is not in the list or stands later in it:
 * `runSteps` would begin such a step too early. It is a bug of ours, never the user's.
 */
export function defineSteps<Context>(steps: readonly Step<Context>[]): readonly Step<Context>[] {
  const before = new Set<string>();
  for (const { id, after } of steps) {
    if (before.has(id)) throw new Error(`Two steps have the id "${id}".`);
    for (const needed of after)
      if (!before.has(needed))
        throw new Error(`Step "${id}" comes after "${needed}", which does not stand before it.`);
    before.add(id);
  }
  return steps;
}
