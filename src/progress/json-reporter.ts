import type { Reporter } from "../ports/reporter.ts";

/** Version of the event stream; it grows when a reader of the old one could misread the new one. */
export const EVENTS_VERSION = 1;

/** One JSON object a line: first the version, then every event as it is. */
export function createJsonReporter(write: (text: string) => void): Reporter {
  const line = (value: object) => write(`${JSON.stringify(value)}\n`);
  line({ version: EVENTS_VERSION, tool: "airfield" });
  return { report: line, close: () => Promise.resolve() };
}
