import type { NamedEvent } from "../../ports/events.ts";

/** Where `dev` is with the change that it is bringing to the cluster, and how the ones before went. */
export interface LoopState {
  readonly application: string;
  /** Undefined: nothing is under way. */
  readonly current:
    | {
        readonly files: readonly string[];
        readonly startedAtMs: number;
        readonly phases: readonly { readonly name: string; readonly atMs: number }[];
      }
    | undefined;
  /** Oldest first. */
  readonly iterations: readonly Iteration[];
}

export interface Iteration {
  readonly files: readonly string[];
  readonly ms: number;
  readonly with: "image" | "live" | "nothing" | "failed";
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  readonly error?: string;
  readonly atMs: number;
}

const keptIterations = 20;

/** What an event of `dev` changes of it; any other event changes nothing. */
export function reduceLoop(
  loop: LoopState | undefined,
  event: NamedEvent,
  atMs: number,
): LoopState | undefined {
  const base: LoopState = loop ?? {
    application: event.application ?? "",
    current: undefined,
    iterations: [],
  };
  switch (event.type) {
    case "change-detected":
      return { ...base, current: { files: event.files, startedAtMs: atMs, phases: [] } };
    case "step-started":
      if (base.current === undefined) return loop;
      return {
        ...base,
        current: {
          ...base.current,
          phases: [...base.current.phases, { name: event.title, atMs }],
        },
      };
    case "change-delivered":
      return ended(base, {
        files: event.files,
        ms: event.ms,
        with: event.with,
        phases: event.phases,
        atMs,
      });
    case "change-failed":
      return ended(base, {
        files: event.files,
        ms: event.ms,
        with: "failed",
        phases: [],
        error: event.message,
        atMs,
      });
    default:
      return loop;
  }
}

function ended(loop: LoopState, iteration: Iteration): LoopState {
  return {
    ...loop,
    current: undefined,
    iterations: [...loop.iterations, iteration].slice(-keptIterations),
  };
}
