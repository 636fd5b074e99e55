import { errorCodeOf } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import type { Step } from "./step.ts";

/** Those that there is something to do for. */
export function applyingSteps<Context>(
  steps: readonly Step<Context>[],
  context: Context,
): readonly Step<Context>[] {
  return steps.filter((step) => step.appliesTo?.(context) ?? true);
}

/**
 * Runs steps, each as soon as the steps it comes after have ended. It alone emits step events, times
 * steps and checks the signal. When a step fails the others are aborted and waited for, so that a
 * rollback never races work that is still going on; then the first failure is thrown, further ones
 * joined to it in an AggregateError only when they are failures of their own.
 */
export async function runSteps<Context>(
  steps: readonly Step<Context>[],
  context: Context,
  {
    reporter,
    clock,
    signal,
  }: Pick<Ports, "reporter" | "clock"> & { readonly signal?: AbortSignal },
): Promise<void> {
  const abort = new AbortController();
  const together = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
  const applying = applyingSteps(steps, context);
  const ended = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  let done = 0;

  for (const step of applying) {
    const needed = step.after.map((id) => ended.get(id) ?? Promise.resolve());
    const run = Promise.all(needed).then(() => runStep(step));
    run.catch((error: unknown) => {
      if (!together.aborted) failures.push(error);
      else if (!isAbort(error, together)) failures.push(error);
      abort.abort(error);
    });
    ended.set(step.id, run);
  }
  await Promise.allSettled(ended.values());
  signal?.throwIfAborted();
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(new Set(failures), String(failures[0]));

  async function runStep(step: Step<Context>): Promise<void> {
    together.throwIfAborted();
    const title = step.title(context);
    const startedMs = clock.monotonicMs();
    const ms = () => Math.round(clock.monotonicMs() - startedMs);
    reporter.report({ type: "step-started", stepId: step.id, title });
    try {
      const outcome = await step.run(context, {
        signal: together,
        progress: (detail, fraction) =>
          reporter.report({
            type: "step-progress",
            stepId: step.id,
            detail,
            ...(fraction === undefined ? {} : { fraction }),
          }),
        output: (source, line) =>
          reporter.report({ type: "output", source, line, stepId: step.id }),
      });
      done += 1;
      const count = { done, of: applying.length };
      reporter.report(
        outcome === undefined
          ? { type: "step-finished", stepId: step.id, title, ms: ms(), ...count }
          : { type: "step-skipped", stepId: step.id, title, reason: outcome.skipped, ...count },
      );
    } catch (error) {
      reporter.report({
        type: "step-failed",
        stepId: step.id,
        title,
        code: codeOf(error, together),
        ms: ms(),
      });
      throw error;
    }
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

function codeOf(error: unknown, signal: AbortSignal): string {
  return errorCodeOf(error) ?? (signal.aborted ? "cancelled" : "bug");
}
