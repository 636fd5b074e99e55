import type { Ports } from "../ports/ports.ts";
import { runSteps } from "./run-steps.ts";
import type { Step, StepControl } from "./step.ts";

/** A step that is given what earlier ones have found, and gives on what it finds itself. */
export interface Task<Context, Needs, Gives> {
  /** Stable; appears in JSON events. */
  readonly id: string;
  /** The part of the whole that its time counts for, where parts are told. */
  readonly phase?: string;
  /** For people: "Rolling out shop". */
  title(context: Context, given: Needs): string;
  /** Effects through ports only. */
  run(context: Context, given: Needs, control: StepControl): Promise<Gives | Skipped<Gives>>;
}

/** What a task gives on that had nothing to do, and why it had not. */
export class Skipped<Gives> {
  readonly reason: string;
  readonly gives: Gives;

  constructor(reason: string, gives: Gives) {
    this.reason = reason;
    this.gives = gives;
  }
}

/** What a task gives, for those that are added with it: they begin after its end. */
export class Given<Value> {
  #value: { readonly value: Value } | undefined;

  /** Throws before the task has ended; none that is given it begins before. */
  get value(): Value {
    if (this.#value === undefined) throw new Error("A task has not ended yet.");
    return this.#value.value;
  }

  set(value: Value): void {
    this.#value = { value };
  }
}

/**
 * Tasks in the order in which they are begun, each as soon as those have ended that it is given, and those that it is said
 * to come after. What a task needs is checked by the compiler: it is what others give that were added before.
 */
export class Flow<Context> {
  readonly #steps: Step<Context>[] = [];
  readonly #ids = new Map<object, string>();
  readonly #phases = new Map<string, string>();

  /** What is known from the beginning. */
  with<Value>(value: Value): Given<Value> {
    const given = new Given<Value>();
    given.set(value);
    return given;
  }

  add<Needs, Gives>(
    task: Task<Context, Needs, Gives>,
    given: Given<Needs>,
    ...after: readonly Given<unknown>[]
  ): Given<Gives> {
    const { id, phase } = task;
    const gives = new Given<Gives>();
    this.#steps.push({
      id,
      title: (context) => task.title(context, given.value),
      after: [given, ...after].flatMap((each) => this.#ids.get(each) ?? []),
      async run(context, control) {
        const outcome = await task.run(context, given.value, control);
        const isSkipped = outcome instanceof Skipped;
        gives.set(isSkipped ? outcome.gives : outcome);
        return isSkipped ? { skipped: outcome.reason } : undefined;
      },
    });
    this.#ids.set(gives, id);
    if (phase !== undefined) this.#phases.set(id, phase);
    return gives;
  }

  /** The number of tasks. */
  get size(): number {
    return this.#steps.length;
  }

  phaseOf(id: string): string | undefined {
    return this.#phases.get(id);
  }

  /** See `runSteps`. */
  async run(
    context: Context,
    options: Pick<Ports, "reporter" | "clock"> & { readonly signal?: AbortSignal },
  ): Promise<void> {
    await runSteps(this.#steps, context, options);
  }
}
