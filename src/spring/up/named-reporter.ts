import type { Reporter } from "../../ports/reporter.ts";

/** A reporter whose events say which application or dependency they are about. */
export function namedReporter(reporter: Reporter, application: string): Reporter {
  return {
    report(event) {
      // What is begun is told once for all of them.
      if (event.type === "run-started") return;
      reporter.report({ ...event, application });
    },
    close: () => reporter.close(),
  };
}
