import { warningOf } from "../errors/warning-of.ts";
import type { Ports } from "../ports/ports.ts";

/** What could not be removed, and the command by which the user can remove it. */
export interface Leftover {
  readonly what: string;
  readonly command: string;
}

export interface Undoing {
  /** Keep what was made, for a look at it. */
  readonly retain?: boolean;
  /** Removes what is left of the work, by hand. */
  readonly removeCommand: string;
  /** Takes back what the work has begun; it is given the failure. Resolves with what is left all the same. */
  undo(failure: unknown): Promise<readonly Leftover[]>;
}

/**
 * Does the work. When it fails or is cancelled, undoes what it began and throws the first failure. What could not be
 * undone becomes a warning with the command that removes it; an undo that fails never hides the first failure.
 */
export async function undoing<Result>(
  work: () => Promise<Result>,
  options: Undoing,
  ports: Pick<Ports, "reporter" | "clock">,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await rollBack(error, options, ports);
    throw error;
  }
}

/** Undoes what was begun, because of this failure. Never throws. */
export async function rollBack(
  failure: unknown,
  { retain = false, removeCommand, undo }: Undoing,
  { reporter, clock }: Pick<Ports, "reporter" | "clock">,
): Promise<void> {
  if (retain) {
    reporter.report(warningOf("kept-after-failure", { command: removeCommand }));
    return;
  }
  const startedMs = clock.monotonicMs();
  reporter.report({ type: "rollback-started", reason: firstLine(failure) });
  try {
    for (const { what, command } of await undo(failure)) warnOfLeftover(what, command, reporter);
  } catch (undoFailure) {
    warnOfLeftover(`what was made (${firstLine(undoFailure)})`, removeCommand, reporter);
  }
  reporter.report({ type: "rollback-finished", ms: Math.round(clock.monotonicMs() - startedMs) });
}

function warnOfLeftover(what: string, command: string, reporter: Ports["reporter"]): void {
  reporter.report(warningOf("left-after-rollback", { what, command }));
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
