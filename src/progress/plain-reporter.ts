import type { Reporter } from "../ports/reporter.ts";
import { cleanLine } from "./clean-line.ts";
import { nameEvent } from "./name-event.ts";
import type { ProgressEvent } from "./events.ts";
import { formatDuration } from "./format-duration.ts";

type EventOf<Type extends ProgressEvent["type"]> = Extract<ProgressEvent, { readonly type: Type }>;

/** Append-only lines for pipes and CI: what began, what ended and how long it took, what programs printed. */
export function createPlainReporter(write: (text: string) => void): Reporter {
  let lastDetail = "";
  return {
    report(named) {
      const event = nameEvent(named);
      if (event.type === "step-progress") {
        // Pulls and builds tell the same news many times; only changes are worth a line.
        const detail = `${event.stepId}: ${event.detail}`;
        if (detail === lastDetail) return;
        lastDetail = detail;
      }
      write(plainText(event));
    },
    close: () => Promise.resolve(),
  };
}

/** What one event adds to the log; empty when it adds nothing. */
export function plainText(event: ProgressEvent): string {
  switch (event.type) {
    case "run-started":
      return `${event.title}\n`;
    case "step-started":
      return `  • ${event.title} …\n`;
    case "step-progress":
      return `    ${cleanLine(event.detail)}\n`;
    case "step-skipped":
      return `  - ${event.title}: ${event.reason}\n`;
    case "step-finished":
      return `  ✓ ${event.title} (${formatDuration(event.ms)})\n`;
    case "step-failed":
      return `  ✗ ${event.title}: ${event.code} (${formatDuration(event.ms)})\n`;
    case "output":
      return `    ${event.source} | ${cleanLine(event.line)}\n`;
    case "warning":
      return warningLines(event);
    case "rollback-started":
      return `  ↩ Undoing what was begun: ${cleanLine(event.reason)}\n`;
    case "rollback-finished":
      return `  ↩ Undone (${formatDuration(event.ms)})\n`;
    case "run-finished":
      return `${event.summary}\n`;
  }
}

export function warningLines({ message, hint }: EventOf<"warning">): string {
  return `Warning: ${message}\n${hint === undefined ? "" : `  Hint: ${hint}\n`}`;
}
