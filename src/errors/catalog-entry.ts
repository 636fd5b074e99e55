import type { ExitCode } from "./exit-codes.ts";

/** One kind of failure a user can meet. The code (its key in the catalogue) never changes. */
export interface CatalogEntry<Facts> {
  /** What happened and why, with the offending value. No "Error:" prefix. */
  message(facts: Facts): string;
  /** What to do about it; best a command to paste. */
  hint(facts: Facts): string;
  readonly exitCode: ExitCode;
}

/** Defines an entry with the facts its texts are made of. */
export function entry<Facts extends object>(definition: CatalogEntry<Facts>): CatalogEntry<Facts> {
  return definition;
}
