import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, LogOptions, PodName } from "../../ports/cluster-api.ts";
import { LogResume } from "../facts/log-resume.ts";
import type { LogStream } from "../model/events.ts";
import type { ContainerRow } from "../model/rows.ts";
import { reasonOf } from "./reason-of.ts";

const RETRY_MS = { first: 500, longest: 5_000 };
/**
 * A log of a running container that says nothing for so long is opened again: the connection may be dead without a sign
 * (a paused node), and the rotation of the file may have ended it. https://github.com/kubernetes/kubernetes/issues/115701
 */
const SILENT_MS = 120_000;
/** A log that could not be read is said to be attached again only when it has gone on for so long, or has a line. */
const ATTACHED_MS = 2_000;
/** A line of a megabyte is no line to read. */
const LONGEST_LINE = 256 * 1024;

interface Reading {
  readonly api: Pick<ClusterApi, "logs">;
  readonly clock: Clock;
  /** What is asked for at first, later only what is new. */
  readonly first: Pick<LogOptions, "tail" | "sinceSeconds">;
  readonly previous: boolean;
  readonly onLine: (at: string, text: string) => void;
  readonly onState: (state: LogStream["state"], reason?: string) => void;
  /** Its pod is gone and everything is told. */
  readonly onEnd: () => void;
}

/** One container's log, over its restarts and over connections that break. */
export class ContainerLog {
  readonly #pod: PodName;
  readonly #reading: Reading;
  readonly #ending = new AbortController();
  readonly #resume = new LogResume();
  #container: ContainerRow | undefined;
  #isGone = false;
  #hasEnded = false;
  #told = "";
  #lastAt = "";
  #attempt = new AbortController();
  #changed = Promise.withResolvers<void>();

  constructor(pod: PodName, reading: Reading) {
    this.#pod = pod;
    this.#reading = reading;
  }

  /** Nothing more comes unless its container starts again. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  begin(container: ContainerRow): void {
    this.#container = container;
    // It ends by its signal or with its pod; everything that fails is told.
    void this.#run();
  }

  update(container: ContainerRow): void {
    this.#container = container;
    this.#wake();
  }

  podIsGone(): void {
    this.#isGone = true;
    this.#wake();
  }

  renew(): void {
    this.#attempt.abort(new Error("the log is opened again"));
    this.#wake();
  }

  end(): void {
    this.#ending.abort(new Error("the log is closed"));
    this.#wake();
  }

  tell(state: LogStream["state"], reason?: string): void {
    if (this.#told === `${state} ${reason ?? ""}`) return;
    this.#told = `${state} ${reason ?? ""}`;
    this.#reading.onState(state, reason);
  }

  async #run(): Promise<void> {
    let pauseMs = RETRY_MS.first;
    let hasRead = false;
    let hasFailed = false;
    while (!this.#ending.signal.aborted) {
      const { restarts = 0, state = "waiting" } = this.#container ?? {};
      const isReadable = this.#reading.previous ? restarts > 0 : restarts > 0 || hasStarted(state);
      if (!isReadable) {
        if (this.#isGone) break;
        this.tell("waiting", this.#reading.previous ? "it was never restarted" : reasonIn(state));
        await this.#untilChanged();
        continue;
      }
      this.#hasEnded = false;
      if (!hasFailed) this.tell("attached");
      const end = await this.#readOnce(hasRead);
      hasFailed = end.type === "failed";
      if (this.#ending.signal.aborted) return;
      hasRead ||= end.lines > 0;
      if (end.lines > 0) pauseMs = RETRY_MS.first;
      if (end.type === "renewed") continue;
      const isOver = this.#reading.previous || this.#isGone || !isRunning(this.#container);
      if (isOver && (end.type === "ended" || this.#reading.previous || this.#isGone)) {
        await this.#rest(restarts, end.reason);
        if (this.#isGone) break;
        continue;
      }
      if (end.type === "failed") this.tell("retrying", end.reason);
      // The row may be behind the log, and then says in a moment what has become of the container.
      await this.#pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.longest);
    }
    this.tell("ended", "the pod is gone");
    this.#hasEnded = true;
    this.#reading.onEnd();
  }

  /** Until the container starts again, or its pod goes. */
  async #rest(restarts: number, failure: string | undefined): Promise<void> {
    const { previous } = this.#reading;
    const hasComeBack = () => !previous && (this.#container?.restarts ?? 0) > restarts;
    while (!this.#isGone && !this.#ending.signal.aborted && !hasComeBack()) {
      this.#hasEnded = true;
      this.tell("ended", failure ?? reasonIn(this.#container?.state ?? ""));
      await this.#untilChanged();
    }
  }

  async #readOnce(isAgain: boolean): Promise<{
    readonly type: "ended" | "failed" | "renewed";
    readonly lines: number;
    readonly reason?: string;
  }> {
    const { api, clock, first, previous } = this.#reading;
    this.#attempt = new AbortController();
    const attempt = this.#attempt;
    const signal = AbortSignal.any([this.#ending.signal, attempt.signal]);
    const { sinceTime } = this.#resume;
    const from = isAgain && sinceTime !== undefined ? { sinceTime } : first;
    let lines = 0;
    let lastLineMs = clock.monotonicMs();
    this.#resume.begin();
    const watchdog = async (): Promise<void> => {
      for (;;) {
        const silentMs = clock.monotonicMs() - lastLineMs;
        if (silentMs >= SILENT_MS) return attempt.abort(new Error("it has said nothing for long"));
        await clock.sleep(SILENT_MS - silentMs, signal);
      }
    };
    // Both end by the signal.
    watchdog().catch(() => undefined);
    clock.sleep(ATTACHED_MS, signal).then(
      () => this.tell("attached"),
      () => undefined,
    );
    try {
      const options = { ...from, timestamps: true, follow: !previous, signal };
      const log = api.logs(this.#pod, previous ? { ...options, previous } : options);
      for await (const line of log) {
        lastLineMs = clock.monotonicMs();
        this.tell("attached");
        if (this.#tellLine(line)) lines += 1;
      }
      return { type: "ended", lines };
    } catch (error) {
      if (signal.aborted) return { type: "renewed", lines };
      return { type: "failed", lines, reason: reasonOf(error) };
    } finally {
      attempt.abort(new Error("it has been read"));
    }
  }

  /** Whether it is new. */
  #tellLine(line: string): boolean {
    const [, time = "", text = line] = /^(\d{4}-\d\d-\d\dT\S+) ?(.*)$/s.exec(line) ?? [];
    if (time !== "") this.#lastAt = time.endsWith("Z") ? time : new Date(time).toISOString();
    const at = this.#lastAt;
    if (time !== "" && !this.#resume.isNew(at, text)) return false;
    const { length } = text;
    this.#reading.onLine(at, length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text);
    return true;
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#ending;
    const waking = new AbortController();
    const sleeping = this.#reading.clock.sleep(ms, AbortSignal.any([signal, waking.signal]));
    await Promise.race([sleeping.catch(() => undefined), this.#untilChanged()]);
    waking.abort(new Error("something has changed"));
  }

  #untilChanged(): Promise<void> {
    return this.#changed.promise;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function hasStarted(state: string): boolean {
  return state === "running" || state.startsWith("ended");
}

function isRunning(container: ContainerRow | undefined): boolean {
  return container?.state === "running";
}

/** "ContainerCreating" of "waiting: ContainerCreating". */
function reasonIn(state: string): string | undefined {
  const [, reason] = state.split(/: (.*)/s);
  return reason;
}
