import { orAborted } from "../../steps/or-aborted.ts";
import type { BuildPlan } from "../plan/plan-build.ts";

export interface BuildOutcome {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs a build tool. */
export type RunBuild = (build: BuildPlan) => Promise<BuildOutcome>;

/**
 * The builds of several applications: at most `atOnce` at a time, since each takes all processors and much memory, and
 * applications that are modules of one build are built by one run of the build tool.
 */
export class SharedBuilds {
  readonly #atOnce: number;
  /** By folder of the build: one plan for all modules that are wanted of it. */
  readonly #joined: ReadonlyMap<string, BuildPlan>;
  readonly #runs = new Map<string, Promise<BuildOutcome>>();
  /** By folder: two runs of a build tool in one folder would write the same files. */
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(atOnce: number, joined: ReadonlyMap<string, BuildPlan>) {
    this.#atOnce = atOnce;
    this.#joined = joined;
  }

  /**
   * Builds one application. When the run for all modules fails, each is built alone, one after the other, so that a
   * broken module keeps no other from coming up. An aborted `signal` ends the wait for its turn; a build that has begun
   * is for `run` to end.
   */
  async build(build: BuildPlan, run: RunBuild, signal: AbortSignal): Promise<BuildOutcome> {
    const { cwd } = build;
    // Plug-ins that make an image take one name, so each application needs a run of its own.
    const joined = build.makesImage ? undefined : this.#joined.get(cwd);
    if (joined === undefined) return this.#inFolder(cwd, () => run(build), signal);
    const isFirst = !this.#runs.has(cwd);
    const together =
      this.#runs.get(cwd) ??
      this.#inFolder(cwd, () => run({ ...build, command: joined.command }), signal);
    if (isFirst) this.#runs.set(cwd, together);
    const outcome = await orAborted(together, signal);
    return outcome.exitCode === 0 ? outcome : this.#inFolder(cwd, () => run(build), signal);
  }

  async #inFolder(
    cwd: string,
    work: () => Promise<BuildOutcome>,
    signal: AbortSignal,
  ): Promise<BuildOutcome> {
    const before = (this.#last.get(cwd) ?? Promise.resolve()).catch(() => undefined);
    const done = orAborted(before, signal).then(() => this.#inTurn(work, signal));
    // The next one waits for the one before, too, should this one be given up before its turn.
    this.#last.set(cwd, Promise.allSettled([before, done]));
    return done;
  }

  async #inTurn(work: () => Promise<BuildOutcome>, signal: AbortSignal): Promise<BuildOutcome> {
    signal.throwIfAborted();
    if (this.#running >= this.#atOnce) await this.#aPlace(signal);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      this.#leavePlace();
    }
  }

  /** The place is handed on, so that nobody slips in between. */
  #leavePlace(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  async #aPlace(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await orAborted(promise, signal);
    } catch (error) {
      const index = this.#waiting.indexOf(resolve);
      if (index === -1) this.#leavePlace();
      else this.#waiting.splice(index, 1);
      throw error;
    }
  }
}
