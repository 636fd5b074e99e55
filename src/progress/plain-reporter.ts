import type { Reporter } from "../ports/reporter.ts";
import { asAscii } from "./ascii.ts";
import { cleanLine } from "./clean-line.ts";
import { createEventNamer } from "./name-event.ts";
import type { ProgressEvent } from "../ports/events.ts";
import { formatDuration } from "./format-duration.ts";

type EventOf<Type extends ProgressEvent["type"]> = Extract<ProgressEvent, { readonly type: Type }>;

/**
 * Append-only lines for pipes and CI: what began, what ended, how long it took and how far the whole is. What the
 * programs of steps print would be hundreds of lines, and is left to the log file. Steps of a run within a step stand
 * further in, with that step's title.
 */
export function createPlainReporter(
  write: (text: string) => void,
  { isAscii = false }: { readonly isAscii?: boolean } = {},
): Reporter {
  const name = createEventNamer();
  let lastDetail = "";
  return {
    report(named) {
      const event = name(named);
      const isWithin = named.within !== undefined;
      if (event.type === "output" && event.stepId !== undefined) return;
      // The step around it says both.
      if (isWithin && (event.type === "run-started" || event.type === "run-finished")) return;
      if (event.type === "step-progress") {
        // Pulls and builds tell the same news many times; only changes are worth a line.
        const detail = `${event.stepId}: ${event.detail}`;
        if (detail === lastDetail) return;
        lastDetail = detail;
      }
      const text = plainText(event);
      const placed = isWithin && event.type.startsWith("step-") ? `  ${text}` : text;
      const isOurs = event.type !== "output" && event.type !== "application-log";
      write(isAscii && isOurs ? asAscii(placed) : placed);
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
      return `  - ${event.title}: ${event.reason}${countOf(event, " (", ")")}\n`;
    case "step-finished":
      return `  ✓ ${event.title} (${formatDuration(event.ms)}${countOf(event, ", ")})\n`;
    case "step-failed":
      return `  ✗ ${event.title}: ${event.code} (${formatDuration(event.ms)})\n`;
    case "output":
      return `    ${event.source} | ${cleanLine(event.line)}\n`;
    case "warning":
      return warningLines(event);
    case "change-detected":
      return `${nameFiles(event.files)} changed …\n`;
    case "change-delivered":
      return `✓ ${describeChange(event)}\n`;
    case "change-failed":
      return changeFailureLines(event);
    case "application-log":
      return `${event.pod} | ${cleanLine(event.line)}\n`;
    case "rollback-started":
      return `  ↩ Undoing what was begun: ${cleanLine(event.reason)}\n`;
    case "rollback-finished":
      return `  ↩ Undone (${formatDuration(event.ms)})\n`;
    case "run-finished":
      return `${event.summary}\n`;
  }
}

/** "3 of 9", where there is more than one. */
function countOf(
  { done, of = 1 }: EventOf<"step-finished" | "step-skipped">,
  before: string,
  after = "",
): string {
  return done === undefined || of < 2 ? "" : `${before}${done} of ${of}${after}`;
}

export function warningLines({ message, hint }: EventOf<"warning">): string {
  return `Warning: ${message}\n${hint === undefined ? "" : `  Hint: ${hint}\n`}`;
}

const NAMED_FILES = 2;

/** "UserController.java, User.java and 3 more". */
function nameFiles(files: readonly string[]): string {
  const names = files.map((file) => file.split("/").at(-1) ?? file);
  const shown = names.slice(0, NAMED_FILES).join(", ");
  const more = names.length - NAMED_FILES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** "UserController.java · compile 0.3 s · image 0.2 s · nodes 0.3 s · ready 3.1 s · total 3.9 s". */
function describeChange({ files, with: way, phases, ms }: EventOf<"change-delivered">): string {
  return [
    nameFiles(files),
    ...phases.map((phase) => `${phase.name} ${formatDuration(phase.ms)}`),
    ...(way === "nothing" ? ["the classes are the same, nothing to deliver"] : []),
    `total ${formatDuration(ms)}`,
  ].join(" · ");
}

function changeFailureLines({ message, hint }: EventOf<"change-failed">): string {
  return `✗ ${message}\n${hint === undefined ? "" : `  Hint: ${hint}\n`}`;
}
