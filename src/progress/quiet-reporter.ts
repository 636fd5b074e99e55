import type { Reporter } from "../ports/reporter.ts";
import { warningLines } from "./plain-reporter.ts";

/** Says nothing but warnings. */
export function createQuietReporter(write: (text: string) => void): Reporter {
  return {
    report(event) {
      if (event.type === "warning") write(warningLines(event));
    },
    close: () => Promise.resolve(),
  };
}
