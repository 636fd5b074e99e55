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
  /** What is done, for people; left out: the failure's first line. */
  readonly reason?: string;
  /** Removes what is left of the work, by hand. */
  readonly removeCommand: string;
  /** Undoes what the work has begun; gets the failure. Resolves with what could not be undone. */
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

/** Undoes what was begun, because of this failure. Never throws. Resolves with what is left all the same. */
export async function rollBack(
  failure: unknown,
  { retain = false, reason = firstLine(failure), removeCommand, undo }: Undoing,
  { reporter, clock }: Pick<Ports, "reporter" | "clock">,
): Promise<readonly Leftover[]> {
  if (retain) {
    reporter.report(warningOf("kept-after-failure", { command: removeCommand }));
    return [];
  }
  const startedMs = clock.monotonicMs();
  reporter.report({ type: "rollback-started", reason });
  const leftovers = await leftBy(() => undo(failure), removeCommand);
  for (const { what, command } of leftovers) warnOfLeftover(what, command, reporter);
  reporter.report({ type: "rollback-finished", ms: Math.round(clock.monotonicMs() - startedMs) });
  return leftovers;
}

/**
 * Does the work, and takes away what it needed, however it ends. The result or the failure is the work's: what cannot be
 * taken away becomes a warning with the command that removes it.
 */
export async function cleaningUp<Result>(
  work: () => Promise<Result>,
  { removeCommand, cleanUp }: { readonly removeCommand: string; cleanUp(): Promise<unknown> },
  { reporter }: Pick<Ports, "reporter">,
): Promise<Result> {
  try {
    return await work();
  } finally {
    const leftovers = await leftBy(async () => {
      await cleanUp();
      return [];
    }, removeCommand);
    for (const { what, command } of leftovers) warnOfLeftover(what, command, reporter);
  }
}

/** A failure leaves all of it. */
async function leftBy(
  undo: () => Promise<readonly Leftover[]>,
  removeCommand: string,
): Promise<readonly Leftover[]> {
  try {
    return await undo();
  } catch (failure) {
    return [{ what: `what was made (${firstLine(failure)})`, command: removeCommand }];
  }
}

function warnOfLeftover(what: string, command: string, reporter: Ports["reporter"]): void {
  reporter.report(warningOf("left-after-rollback", { what, command }));
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
