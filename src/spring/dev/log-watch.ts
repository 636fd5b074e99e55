import type { Ports } from "../../ports/ports.ts";

/** How the start of an application ended, as its log tells. */
export interface StartSeen {
  readonly isStarted: boolean;
  /** What was logged since. */
  readonly lines: readonly string[];
}

/** Spring Boot's own line (StartupInfoLogger), said by a restart of devtools, too. */
const STARTED = /\bStarted \S+ in [\d.]+ seconds/;
const FAILED =
  /APPLICATION FAILED TO START|Application run failed|^airfield: the application ended with exit code/;
const POLL_MS = 20;
/** After the first sign of a failure: until its report is complete. */
const REPORT_MS = 300;

/**
 * Reads along in the log of a pod for the end of a start. The kubelet would see it, too, but looks once a second and
 * asks the version that is about to be stopped.
 */
export class LogWatch {
  #lines: { readonly pod: string; readonly line: string }[] = [];

  add(line: { readonly pod: string; readonly line: string }): void {
    this.#lines.push(line);
  }

  /** What was logged so far is of the version before. */
  forget(): void {
    this.#lines = [];
  }

  /** Undefined: neither was seen in time. */
  async start(
    pod: string,
    {
      timeoutMs,
      clock,
      signal,
    }: Pick<Ports, "clock"> & { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<StartSeen | undefined> {
    const startedMs = clock.monotonicMs();
    const said = () => this.#lines.filter((line) => line.pod === pod).map(({ line }) => line);
    while (clock.monotonicMs() - startedMs < timeoutMs) {
      const lines = said();
      if (lines.some((line) => STARTED.test(line))) return { isStarted: true, lines };
      if (lines.some((line) => FAILED.test(line))) {
        await clock.sleep(REPORT_MS, signal);
        return { isStarted: false, lines: said() };
      }
      await clock.sleep(POLL_MS, signal);
    }
    return undefined;
  }
}
