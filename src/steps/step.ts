/**
 * One step of a piece of work. A list of steps reads in the order in which they are begun; a step
 * starts as soon as every step named in `after` has ended, so independent steps overlap.
 */
export interface Step<Context> {
  /** Stable; appears in JSON events. */
  readonly id: string;
  /** For people: "Starting control plane". */
  title(context: Context): string;
  /** Ids of steps (of the same list) that must have ended. Steps that do not apply count as ended. */
  readonly after: readonly string[];
  /** Pure. False: the step is left out. */
  appliesTo?(context: Context): boolean;
  /** Effects through ports only. Resolves with a reason when there was nothing to do. */
  run(context: Context, control: StepControl): Promise<void | { readonly skipped: string }>;
}

export interface StepControl {
  /** Aborts when the user cancels or another step has failed. */
  readonly signal: AbortSignal;
  /** Tells news from inside the step. */
  progress(detail: string, fraction?: number): void;
  /** Tells a line that a program of the step printed, as it is. @param source the program, as "maven" */
  output(source: string, line: string): void;
}
