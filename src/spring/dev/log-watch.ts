import type { Ports } from "../../ports/ports.ts";
import { orAborted } from "../../steps/or-aborted.ts";
import { withDeadline, type WaitLimit } from "../../steps/wait-until.ts";

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
/** So long is a start's line waited for, before the application's port is looked at, too. */
export const SILENCE_MS = 5_000;
/** From a port that takes connections to the line: runners run in between. */
const LINE_MS = 1_000;
/** After the first sign of a failure: until its report is complete. */
const REPORT_MS = 300;

/**
 * Reads along in the log of a pod for the end of a start. The kubelet would see it, too, but looks once a second and
 * asks the version that is about to be stopped. An application may be told to say nothing (`logging.level.root=warn`,
 * `spring.main.log-startup-info=false`); then it counts that it listens anew, and from then on that is looked at first.
 */
export class LogWatch {
  #lines: { readonly pod: string; readonly line: string }[] = [];
  #isSilent = false;
  #nextLine = Promise.withResolvers<void>();

  add(line: { readonly pod: string; readonly line: string }): void {
    this.#lines.push(line);
    this.#nextLine.resolve();
    this.#nextLine = Promise.withResolvers();
  }

  /** What a pod has logged since. */
  linesOf(pod: string): readonly string[] {
    return this.#lines.filter((line) => line.pod === pod).map(({ line }) => line);
  }

  /** What was logged so far is of the version before. */
  forget(): void {
    this.#lines = [];
  }

  /**
   * Waits for the end of a start.
   * @param listensAnew resolves when the application has started as far as can be seen without its log
   */
  async start(
    pod: string,
    {
      listensAnew,
      ...limit
    }: WaitLimit & { readonly listensAnew: (signal: AbortSignal) => Promise<void> },
  ): Promise<StartSeen> {
    const { clock } = limit;
    const ending = new AbortController();
    try {
      return await withDeadline((either) => {
        const until = AbortSignal.any([either, ending.signal]);
        return Promise.race([
          this.#told(pod, { clock, until }),
          this.#seenListening(pod, { listensAnew, clock, until }),
        ]);
      }, limit);
    } finally {
      ending.abort();
    }
  }

  async #told(
    pod: string,
    { clock, until }: Pick<Ports, "clock"> & { readonly until: AbortSignal },
  ): Promise<StartSeen> {
    for (;;) {
      const lines = this.linesOf(pod);
      if (lines.some((line) => STARTED.test(line))) {
        this.#isSilent = false;
        return { isStarted: true, lines };
      }
      if (lines.some((line) => FAILED.test(line))) {
        await clock.sleep(REPORT_MS, until);
        return { isStarted: false, lines: this.linesOf(pod) };
      }
      await orAborted(this.#nextLine.promise, until);
    }
  }

  async #seenListening(
    pod: string,
    {
      listensAnew,
      clock,
      until,
    }: Pick<Ports, "clock"> & {
      readonly listensAnew: (signal: AbortSignal) => Promise<void>;
      readonly until: AbortSignal;
    },
  ): Promise<StartSeen> {
    if (!this.#isSilent) await clock.sleep(SILENCE_MS, until);
    await listensAnew(until);
    if (!this.#isSilent) await clock.sleep(LINE_MS, until);
    this.#isSilent = true;
    return { isStarted: true, lines: this.linesOf(pod) };
  }
}
