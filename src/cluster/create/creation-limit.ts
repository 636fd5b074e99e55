import { ToolError } from "../../errors/tool-error.ts";
import type { Reporter } from "../../ports/reporter.ts";
import { withDeadline } from "../../steps/wait-until.ts";
import type { Clock } from "../../ports/clock.ts";

/** `--wait 0` does not wait until nodes are Ready; what comes before has as long as it has by default. */
const WITHOUT_WAIT_MS = 5 * 60_000;

/** Milliseconds that a creation may take, once its images are there. */
export function creationLimitMs({ waitMs }: { readonly waitMs: number }): number {
  return waitMs > 0 ? waitMs : WITHOUT_WAIT_MS;
}

/**
 * How long the scripts of a node's first start may take. The creation's own limit comes first, and says why; this one
 * ends what runs on in a cluster that is kept.
 */
export function scriptLimitSeconds(plan: { readonly waitMs: number }): number {
  return Math.ceil(creationLimitMs(plan) / 1000) + 60;
}

/** Something that has not come yet. */
export interface Awaited {
  /**
   * The error of a creation that ran out of time before it came. May ask the cluster; bounds that itself.
   *
   * @param waited as "60 s"
   */
  late(waited: string): Promise<ToolError>;
}

/** What of a creation has a limit. */
interface LimitedCreation {
  readonly plan: { readonly name: string; readonly waitMs: number };
  readonly ports: { readonly clock: Clock; readonly reporter: Reporter };
  readonly found: { readonly awaited: Set<Awaited> };
}

/** Waits for something; if the creation runs out of time meanwhile, its error names it. */
export async function awaiting<Value>(
  { found }: Pick<LimitedCreation, "found">,
  awaited: Awaited,
  wait: () => Promise<Value>,
): Promise<Value> {
  found.awaited.add(awaited);
  const value = await wait();
  found.awaited.delete(awaited);
  return value;
}

/**
 * Does the steps of a creation within its time.
 *
 * @throws ToolError of the first thing that was still waited for; `creation-timed-out` when it was the engine
 */
export async function withinLimit(
  context: LimitedCreation,
  signal: AbortSignal,
  work: (ports: { readonly signal: AbortSignal; readonly reporter: Reporter }) => Promise<void>,
): Promise<void> {
  const { plan, ports, found } = context;
  const withinMs = creationLimitMs(plan);
  const running = new Map<string, string>();
  const reporter: Reporter = {
    ...ports.reporter,
    report(event) {
      if (event.type === "step-started") running.set(event.stepId, event.title);
      if (event.type === "step-finished" || event.type === "step-skipped")
        running.delete(event.stepId);
      ports.reporter.report(event);
    },
  };
  await withDeadline((until) => work({ signal: until, reporter }), {
    clock: ports.clock,
    withinMs,
    signal,
    onDeadline() {
      const waited = `${withinMs / 1000} s`;
      const [first] = found.awaited;
      if (first !== undefined) return first.late(waited);
      return new ToolError("creation-timed-out", {
        name: plan.name,
        waited,
        steps: [...running.values()],
      });
    },
  });
}
