import type { ContainerEngine } from "../../../src/ports/container-engine.ts";

export type EngineMethod = keyof ContainerEngine;

export interface EngineCall {
  readonly method: EngineMethod;
  /** What it was about: the container, image, network or volume; "" where there is none. */
  readonly subject: string;
  readonly parameters: readonly unknown[];
}

export interface FailureOptions {
  /** Which call of the method fails, counted from now; 1 by default. Not for numbered calls. */
  readonly call?: number;
  /** The engine does what it was asked and the answer is lost. */
  readonly afterEffect?: boolean;
}

interface Failure {
  readonly matches: (call: EngineCall, number: number) => boolean;
  readonly error: unknown;
  readonly afterEffect: boolean;
}

/** Remembers calls and lets chosen ones fail. */
export class CallLog {
  readonly calls: EngineCall[] = [];
  #failures: readonly Failure[] = [];

  failAt(
    which: number | EngineMethod,
    error: unknown,
    { call = 1, afterEffect = false }: FailureOptions = {},
  ): void {
    const from = this.calls.length;
    const nth = (method: EngineMethod) =>
      this.calls.slice(from).filter((each) => each.method === method).length;
    const matches: Failure["matches"] =
      typeof which === "number"
        ? (_, number) => number === which
        : ({ method }) => method === which && nth(which) === call;
    this.#failures = [...this.#failures, { matches, error, afterEffect }];
  }

  /** Records the call and does `effect`, unless it was chosen to fail. */
  async perform<Answer>(
    method: EngineMethod,
    parameters: readonly unknown[],
    effect: () => Answer | Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const failure = this.record(method, parameters);
    // No engine answers in the same instant; what runs in parallel interleaves here.
    await Promise.resolve();
    if (failure?.afterEffect === false) throw failure.error;
    const answer = await effect();
    if (failure !== undefined) throw failure.error;
    signal?.throwIfAborted();
    return answer;
  }

  /** Records the call; the failure it is to end with, if any. */
  record(method: EngineMethod, parameters: readonly unknown[]): Failure | undefined {
    const call: EngineCall = { method, subject: subjectOf(parameters[0]), parameters };
    this.calls.push(call);
    const number = this.calls.length;
    return this.#failures.find((each) => each.matches(call, number));
  }
}

function subjectOf(parameter: unknown): string {
  if (typeof parameter === "string") return parameter;
  if (Array.isArray(parameter)) return parameter.join(" ");
  const name = (parameter as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : "";
}
