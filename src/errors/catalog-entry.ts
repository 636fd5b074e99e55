import type { ExitCode } from "./exit-codes.ts";

/** The texts of what a user can meet, and facts to show them by. */
export interface Texts<Facts> {
  /** What happened and why, with the offending value. No "Error:" prefix. */
  message(facts: Facts): string;
  /** What to do about it; best a command to paste. */
  hint(facts: Facts): string;
  /** Facts as they could be, one for each way in which the texts differ: docs/errors.md shows them, tests read them. */
  readonly examples: readonly [Facts, ...Facts[]];
}

/** One kind of failure a user can meet. The code (its key in the catalogue) never changes. */
export interface CatalogEntry<Facts> extends Texts<Facts> {
  readonly exitCode: ExitCode;
  /** Undefined: no edit of the project helps, as with an engine that does not run, and `dev` ends. */
  readonly mayBeMendedBy?: Mending;
}

/**
 * How an edit of the project's files or of airfield.yaml may mend a failure, so that `dev` tells it and waits for the
 * next save. `edit-taken-back`: only where an edit brought it about. At the start the command line or the machine may
 * have, so `dev` ends then.
 */
export type Mending = "edit" | "edit-taken-back";

/** Defines an entry with the facts its texts are made of. */
export function entry<Facts extends object>(definition: CatalogEntry<Facts>): CatalogEntry<Facts> {
  return definition;
}

/** Defines something that a user should know while the work goes on. */
export function warning<Facts extends object>(definition: Texts<Facts>): Texts<Facts> {
  return definition;
}
