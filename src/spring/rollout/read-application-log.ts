import type { ClusterEvent } from "../../ports/cluster-api.ts";

const MAX_LINES = 25;
const MAX_LINE_LENGTH = 400;

/**
 * The lines of a crashed application's log that say why: Spring Boot's own report when it wrote one
 * ("APPLICATION FAILED TO START"), else the causes of the last exception, else the end.
 */
export function readApplicationLog(log: string): readonly string[] {
  const lines = log
    .split(/\r?\n/)
    .map((line) => line.slice(0, MAX_LINE_LENGTH).trimEnd())
    .filter((line) => !isOrnament(line));
  return (failureReport(lines) ?? causes(lines) ?? lines).slice(-MAX_LINES);
}

function failureReport(lines: readonly string[]): readonly string[] | undefined {
  const at = lines.findLastIndex((line) => line.includes("APPLICATION FAILED TO START"));
  if (at === -1) return undefined;
  return lines.slice(at);
}

/** Empty lines, the banner, and the JVM's note on the options that Airfield gives it. */
function isOrnament(line: string): boolean {
  return !/[a-z0-9]/i.test(line) || /^ :: Spring Boot ::|^Picked up JAVA_TOOL_OPTIONS/.test(line);
}

const CAUSE =
  /^(Caused by: |Exception in thread |Error: |[\w.$]+(Exception|Error)(: |$))|\b(ERROR|FATAL)\b.*(failed|Exception|Error)/;
const STACK_FRAME = /^\s+(at |\.\.\. \d+ )/;
/** A message of more lines than this is no message. */
const MAX_MESSAGE_LINES = 10;

function causes(lines: readonly string[]): readonly string[] | undefined {
  const found = lines.filter((_, at) => {
    const before = lines.slice(Math.max(0, at - MAX_MESSAGE_LINES), at + 1);
    const begin = before.findLastIndex((line) => CAUSE.test(line));
    const isMessage = begin !== -1 && !before.slice(begin).some((line) => STACK_FRAME.test(line));
    return isMessage && (begin === before.length - 1 || leadsToStack(lines, at));
  });
  return found.length === 0 ? undefined : found;
}

/** Lines between a cause and its stack belong to its message; others are of the log. */
function leadsToStack(lines: readonly string[], at: number): boolean {
  const after = lines.slice(at + 1, at + 1 + MAX_MESSAGE_LINES);
  const end = after.findIndex((line) => STACK_FRAME.test(line));
  return end !== -1 && !after.slice(0, end).some((line) => CAUSE.test(line));
}

const MAX_EVENTS = 8;

/** A pod's events for people, oldest first; of the normal ones none, when there are warnings. */
export function readPodEvents(events: readonly ClusterEvent[]): readonly string[] {
  const timeOf = (event: ClusterEvent) => event.lastTimestamp ?? event.eventTime ?? "";
  const sorted = events.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)));
  const warnings = sorted.filter(({ type }) => type === "Warning");
  const lines = (warnings.length > 0 ? warnings : sorted).map(
    ({ reason, message, count }) =>
      `${reason ?? ""}: ${(message ?? "").trim()}${(count ?? 1) > 1 ? ` (${count} times)` : ""}`,
  );
  return [...new Set(lines)].slice(-MAX_EVENTS);
}
