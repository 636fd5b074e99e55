import type { Ports } from "../ports/ports.ts";
import type { Removal } from "./remove-objects.ts";

export interface RollbackOptions {
  /** Keep what was made, for a look at it. */
  readonly retain: boolean;
  /** How the user removes what is kept. */
  readonly deleteCommand: string;
  undo(): Promise<Removal>;
}

/**
 * Does the work; when it fails or is cancelled, undoes what it began, and throws the first failure.
 * What could not be undone becomes a warning with the command that removes it.
 */
export async function rollbackOnFailure<Result>(
  work: () => Promise<Result>,
  options: RollbackOptions,
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
  { retain, deleteCommand, undo }: RollbackOptions,
  { reporter, clock }: Pick<Ports, "reporter" | "clock">,
): Promise<void> {
  if (retain) {
    reporter.report({
      type: "warning",
      code: "kept-after-failure",
      message: "What was made so far is kept because of --retain.",
      hint: `Remove it with: ${deleteCommand}`,
    });
    return;
  }
  const startedMs = clock.monotonicMs();
  reporter.report({ type: "rollback-started", reason: reasonOf(failure) });
  try {
    const { leftovers } = await undo();
    for (const { what, command } of leftovers) warnOfLeftover(what, command, reporter);
  } catch (undoFailure) {
    // The first failure is the one to tell; this one says what is left to do.
    warnOfLeftover(`what was made (${reasonOf(undoFailure)})`, deleteCommand, reporter);
  }
  reporter.report({ type: "rollback-finished", ms: Math.round(clock.monotonicMs() - startedMs) });
}

function warnOfLeftover(what: string, command: string, reporter: Ports["reporter"]): void {
  reporter.report({
    type: "warning",
    code: "left-after-rollback",
    message: `Could not remove ${what}.`,
    hint: `Remove it with: ${command}`,
  });
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
