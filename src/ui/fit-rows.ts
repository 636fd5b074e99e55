import {
  type FinishedLine,
  linesWithin,
  type ProgressState,
  type RunningStep,
} from "../progress/progress-state.ts";

/** A running step as it is drawn: what ended within it, and how many older lines of that have no room. */
export interface FittedStep extends Omit<RunningStep, "inner"> {
  readonly ended: readonly FinishedLine[];
  readonly hidden: number;
  readonly inner: readonly FittedStep[];
  /** Of the run within it, where it is known. */
  readonly count?: { readonly done: number; readonly of: number };
}

interface Limits {
  readonly ended: number;
  readonly output: number;
}

/** Old news goes first, then what programs print. */
const LIMITS: readonly Limits[] = [
  { ended: Infinity, output: Infinity },
  { ended: 4, output: Infinity },
  { ended: 2, output: 2 },
  { ended: 0, output: 1 },
];

const LEAST: Limits = { ended: 0, output: 0 };

/** As much of what runs as there are rows for: of a picture that is higher than the screen, ink would draw all anew each time. */
export function fitRows(state: ProgressState, rows: number): readonly FittedStep[] {
  const fits = (limits: Limits) => heightOf(fitSteps(state.running, limits)) <= rows;
  return fitSteps(state.running, LIMITS.find(fits) ?? LEAST);
}

function fitSteps(running: readonly RunningStep[], limits: Limits): readonly FittedStep[] {
  return running.map(({ inner, output, ...step }) => {
    const ended = linesWithin(inner);
    const shown = limits.ended === 0 ? [] : ended.slice(-limits.ended);
    const steps = inner?.steps ?? 0;
    return {
      ...step,
      output: limits.output === 0 ? [] : output.slice(-limits.output),
      ended: shown,
      // Where there is room for the least only, there is none to say so.
      hidden: limits === LEAST ? 0 : ended.length - shown.length,
      inner: fitSteps(inner?.running ?? [], limits),
      ...(steps === 0 ? {} : { count: { done: doneOf(ended), of: steps } }),
    };
  });
}

function doneOf(lines: readonly FinishedLine[]): number {
  return lines.filter(({ kind, depth }) => depth === 1 && (kind === "done" || kind === "skipped"))
    .length;
}

function heightOf(steps: readonly FittedStep[]): number {
  return steps.reduce(
    (sum, { ended, hidden, inner, output }) =>
      sum + 1 + ended.length + (hidden > 0 ? 1 : 0) + output.length + heightOf(inner),
    0,
  );
}
