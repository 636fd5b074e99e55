import { redactSecrets } from "../errors/render-error.ts";
import type { OutputLog } from "../ports/output-log.ts";
import type { Reporter } from "../ports/reporter.ts";
import { cleanLine } from "./clean-line.ts";
import { createEventNamer } from "./name-event.ts";
import { plainText } from "./plain-reporter.ts";

/**
 * A reporter that also writes a log: what steps did and all that their programs printed, which reporters for people
 * shorten or leave out. There is none of a command whose steps printed nothing.
 */
export function keepOutput(reporter: Reporter, log: OutputLog): Reporter {
  const name = createEventNamer();
  let before = "";
  return {
    report(named) {
      reporter.report(named);
      const event = name(named);
      // The logs of pods are the cluster's to keep, and `dev` prints them as long as it runs.
      if (event.type === "application-log") return;
      if (event.type === "output" && event.stepId !== undefined) {
        log.write(before + redactSecrets(`${event.source} | ${cleanLine(event.line)}\n`));
        before = "";
      } else if (log.path !== undefined) log.write(redactSecrets(plainText(event)));
      else before = (before + redactSecrets(plainText(event))).slice(-MOST_BEFORE);
    },
    close: () => reporter.close(),
  };
}

/** Characters of what went before the first output that are kept for it. */
const MOST_BEFORE = 16_384;
