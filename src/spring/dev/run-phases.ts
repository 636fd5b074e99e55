import type { ProgressEvent } from "../../ports/events.ts";
import { BUILD_SOURCE, runBuildingSteps } from "../build/hold-build.ts";
import type { Flow } from "../../steps/flow.ts";
import type { UpContext } from "../up/up-context.ts";

export interface Phase {
  readonly name: string;
  readonly ms: number;
}

/** In their order. */
const PHASES = ["build", "image", "nodes", "settings", "ready"];

/**
 * Runs steps of `up` for a change: told as one line at its end and not step by step. Warnings are passed on, and
 * that another command's build is waited for.
 * Steps of a phase follow each other, so their times add up; those of no phase take a moment only.
 */
export async function runPhases(
  flow: Flow<UpContext>,
  context: UpContext,
  signal: AbortSignal,
): Promise<readonly Phase[]> {
  const { reporter } = context.ports;
  const ms = new Map<string, number>();
  const quiet = {
    report(event: ProgressEvent) {
      // Of killed pods the loop tells by itself, which sees all of them.
      const isTold =
        event.type === "warning"
          ? event.code !== "application-killed"
          : event.type === "output" && event.source === BUILD_SOURCE;
      if (isTold) reporter.report(event);
      if (event.type !== "step-finished") return;
      const phase = flow.phaseOf(event.stepId);
      if (phase !== undefined) ms.set(phase, (ms.get(phase) ?? 0) + event.ms);
    },
    close: () => Promise.resolve(),
  };
  const ports = { ...context.ports, reporter: quiet };
  await runBuildingSteps(flow, { ...context, ports }, signal);
  return PHASES.flatMap((name) => {
    const took = ms.get(name);
    return took === undefined ? [] : [{ name, ms: took }];
  });
}
