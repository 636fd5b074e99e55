import type { ProgressEvent } from "../../ports/events.ts";
import { BUILD_SOURCE, runBuildingSteps } from "../hold-build.ts";
import type { UpContext, UpStep } from "../up-context.ts";

export interface Phase {
  readonly name: string;
  readonly ms: number;
}

/** Which phase of a change a step of `up` belongs to; those of no phase take a moment only. */
const PHASE_OF: Readonly<Record<string, string>> = {
  "find-project": "image",
  "plan-image": "image",
  "check-tools": "image",
  "build-project": "build",
  "build-image": "image",
  "load-image": "nodes",
  "read-environment": "settings",
  "apply-manifests": "ready",
  "wait-for-rollout": "ready",
};

/**
 * Runs steps of `up` for a change: told as one line at its end and not step by step. Warnings are passed on, and
 * that another command's build is waited for.
 * Steps of a phase follow each other, so their times add up.
 */
export async function runPhases(
  steps: readonly UpStep[],
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
      const phase = PHASE_OF[event.stepId];
      if (phase !== undefined) ms.set(phase, (ms.get(phase) ?? 0) + event.ms);
    },
    close: () => Promise.resolve(),
  };
  const ports = { ...context.ports, reporter: quiet };
  await runBuildingSteps(steps, { ...context, ports }, signal);
  return ["build", "image", "nodes", "settings", "ready"].flatMap((name) => {
    const took = ms.get(name);
    return took === undefined ? [] : [{ name, ms: took }];
  });
}
