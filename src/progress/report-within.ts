import type { Reporter } from "../ports/reporter.ts";

/** A reporter for a run that is the work of another run's step: its events name that step. */
export function reportWithin(reporter: Reporter, stepId: string): Reporter {
  return {
    report({ within, ...event }) {
      reporter.report({ ...event, within: within === undefined ? stepId : `${stepId}/${within}` });
    },
    close: () => reporter.close(),
  };
}
