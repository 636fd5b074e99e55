import { cleanLine } from "./clean-line.ts";
import type { NamedEvent, ProgressEvent } from "../ports/events.ts";
import { nameEvent } from "./name-event.ts";
import { plainText } from "./plain-reporter.ts";

/** What a live view shows: made from events only, so that it can be told from any stream of them. */
export interface ProgressState {
  /** Lines that do not change any more, oldest first; they are drawn once and scroll away. */
  readonly finished: readonly FinishedLine[];
  /** In the order in which they began. */
  readonly running: readonly RunningStep[];
  /** How many steps its run has; 0 as long as that is not known. */
  readonly steps: number;
  /** While a rollback runs: why it was started. */
  readonly rollback?: string;
}

/** A line, and how many steps of other runs it stands within. */
export type FinishedLine = Line & { readonly depth?: number };

type Line =
  | { readonly kind: "title"; readonly text: string }
  | { readonly kind: "done"; readonly text: string; readonly ms: number }
  | { readonly kind: "skipped"; readonly text: string; readonly reason: string }
  | { readonly kind: "failed"; readonly text: string; readonly code: string; readonly ms: number }
  | { readonly kind: "warning"; readonly text: string; readonly hint?: string }
  | { readonly kind: "undone"; readonly ms: number }
  | { readonly kind: "summary"; readonly text: string };

export interface RunningStep {
  readonly stepId: string;
  readonly title: string;
  readonly detail: string;
  readonly fraction?: number;
  /** The last lines that its programs printed. */
  readonly output: readonly string[];
  /** The run that is this step's work, where it is one. */
  readonly inner?: ProgressState;
}

/** Lines of a running program that are shown below its step; more would push the other steps away. */
const SHOWN_OUTPUT_LINES = 5;

export const initialState: ProgressState = { finished: [], running: [], steps: 0 };

/** The view after one more event. Pure; never fails, whatever the order of the events. */
export function reduceProgress(state: ProgressState, named: NamedEvent): ProgressState {
  const { within, ...rest } = named;
  if (within !== undefined) {
    const [owner = "", ...deeper] = within.split("/");
    const step = state.running.find(
      ({ stepId }) => stepId === owner || stepId.endsWith(`/${owner}`),
    );
    if (step !== undefined && isOfRun(rest)) {
      const event = deeper.length === 0 ? rest : { ...rest, within: deeper.join("/") };
      const inner = reduceProgress(step.inner ?? initialState, event);
      const running = state.running.map((each) => (each === step ? { ...step, inner } : each));
      return { ...state, running };
    }
  }
  const event = nameEvent(rest);
  switch (event.type) {
    case "run-started":
      return {
        ...finished(state, [{ kind: "title", text: event.title }]),
        steps: event.steps,
      };
    case "step-started":
      return {
        ...state,
        running: [
          ...without(state.running, event.stepId),
          { stepId: event.stepId, title: event.title, detail: "", output: [] },
        ],
      };
    case "step-progress":
      return {
        ...state,
        running: state.running.map((step) =>
          step.stepId === event.stepId ? told(step, event) : step,
        ),
      };
    case "output":
      return { ...state, running: withOutput(state.running, event) };
    case "step-skipped":
      return ended(state, event.stepId, [
        { kind: "skipped", text: event.title, reason: event.reason },
      ]);
    case "step-finished":
      return ended(state, event.stepId, [{ kind: "done", text: event.title, ms: event.ms }]);
    case "step-failed":
      // The output is not kept: the error that follows shows the lines that matter.
      return ended(state, event.stepId, [
        { kind: "failed", text: event.title, code: event.code, ms: event.ms },
      ]);
    case "warning": {
      const { message: text, hint } = event;
      return finished(state, [{ kind: "warning", text, ...(hint === undefined ? {} : { hint }) }]);
    }
    case "change-detected":
    case "application-log":
      // `dev` prints on and on, which plain lines are better for; a live view does not show it.
      return state;
    case "change-delivered":
    case "change-failed":
      return finished(state, [{ kind: "summary", text: plainText(event).trimEnd() }]);
    case "rollback-started":
      return { ...state, rollback: cleanLine(event.reason) };
    case "rollback-finished": {
      const { rollback: _, ...rest } = state;
      return finished(rest, [{ kind: "undone", ms: event.ms }]);
    }
    case "run-finished":
      return finished(state, [{ kind: "summary", text: event.summary }]);
  }
}

/** Warnings and undoing are the whole command's. */
function isOfRun({ type }: ProgressEvent): boolean {
  return type.startsWith("step-") || type.startsWith("run-") || type === "output";
}

function told(
  step: RunningStep,
  event: Extract<ProgressEvent, { readonly type: "step-progress" }>,
): RunningStep {
  const { fraction: _, ...rest } = step;
  return {
    ...rest,
    detail: cleanLine(event.detail),
    ...(event.fraction === undefined ? {} : { fraction: event.fraction }),
  };
}

/** Output that names no step belongs to the one that began last. */
function withOutput(
  running: readonly RunningStep[],
  { line, stepId }: Extract<ProgressEvent, { readonly type: "output" }>,
): readonly RunningStep[] {
  const owner = stepId ?? running.at(-1)?.stepId;
  return running.map((step) =>
    step.stepId === owner
      ? { ...step, output: [...step.output, cleanLine(line)].slice(-SHOWN_OUTPUT_LINES) }
      : step,
  );
}

function ended(
  state: ProgressState,
  stepId: string,
  lines: readonly FinishedLine[],
): ProgressState {
  const step = state.running.find((running) => running.stepId === stepId);
  const all = [...lines, ...linesWithin(step?.inner)];
  return { ...finished(state, all), running: without(state.running, stepId) };
}

/** What ended within a step. Its title and its summary would say again what the step's own line says. */
export function linesWithin(inner: ProgressState | undefined): readonly FinishedLine[] {
  return (inner?.finished ?? [])
    .filter(({ kind }) => kind !== "title" && kind !== "summary")
    .map((line) => ({ ...line, depth: (line.depth ?? 0) + 1 }));
}

function finished(state: ProgressState, lines: readonly FinishedLine[]): ProgressState {
  return { ...state, finished: [...state.finished, ...lines] };
}

function without(running: readonly RunningStep[], stepId: string): readonly RunningStep[] {
  return running.filter((step) => step.stepId !== stepId);
}
