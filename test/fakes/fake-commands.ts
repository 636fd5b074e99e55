import { ToolError } from "../../src/errors/tool-error.ts";
import type { CommandOptions, CommandResult, Commands } from "../../src/ports/commands.ts";
import { collectBytes } from "./collect-bytes.ts";

/** One program run, as a handler and a test see it. */
export interface FakeCommandCall {
  readonly command: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** All of it, read before the handler runs; undefined when none was given. */
  readonly stdin: string | undefined;
  readonly isAttached: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Undefined: not mine. What is missing of the result is success and silence. */
export type CommandHandler = (
  command: readonly string[],
  call: FakeCommandCall,
) => Partial<CommandResult> | undefined | Promise<Partial<CommandResult> | undefined>;

/** What a program that stays says to a line of its stdin. Undefined from `start`: not mine. */
export type Talker = (
  command: readonly string[],
) => ((line: string) => readonly string[]) | undefined;

/** Programs played by handlers, asked in the order in which they were given; the rest is not installed. */
export class FakeCommands implements Commands {
  readonly calls: FakeCommandCall[] = [];
  /** Programs that were started and left to themselves, as one line each. */
  readonly detached: string[] = [];
  readonly #handlers: CommandHandler[] = [];

  on(handler: CommandHandler): this {
    this.#handlers.push(handler);
    return this;
  }

  readonly #talkers: Talker[] = [];
  /** Programs that talk and have not ended. */
  talking = 0;

  /** A program that answers line by line, until its stdin ends. */
  talk(talker: Talker): this {
    this.#talkers.push(talker);
    return this;
  }

  /** What was run, as one line each: "mvn -q package". */
  get lines(): readonly string[] {
    return this.calls.map(({ command }) => command.join(" "));
  }

  async run(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const answer = this.#talkers.map((talker) => talker(command)).find((each) => each);
    if (answer !== undefined) return this.#converse(command, answer, options);
    const result = await this.#play(command, options, false);
    if (options.onLine !== undefined) {
      [...linesOf(result.stdout), ...linesOf(result.stderr)].forEach(options.onLine);
    }
    return result;
  }

  async runAttached(
    command: readonly string[],
    options: Omit<CommandOptions, "stdin" | "onLine"> = {},
  ): Promise<number> {
    return (await this.#play(command, options, true)).exitCode;
  }

  async startDetached(command: readonly string[]): Promise<void> {
    this.detached.push(command.join(" "));
  }

  async #converse(
    command: readonly string[],
    answer: (line: string) => readonly string[],
    { cwd, env = {}, stdin = "", signal, onLine }: CommandOptions,
  ): Promise<CommandResult> {
    this.calls.push({ command, cwd, env, stdin: undefined, isAttached: false, signal });
    this.talking += 1;
    for await (const chunk of typeof stdin === "string" ? [Buffer.from(stdin)] : stdin) {
      const lines = linesOf(Buffer.from(chunk).toString("utf8"));
      for (const line of lines) answer(line).forEach((said) => onLine?.(said));
    }
    this.talking -= 1;
    return { exitCode: 0, stdout: "", stderr: "" };
  }

  async #play(
    command: readonly string[],
    { cwd, env = {}, stdin, signal }: CommandOptions,
    isAttached: boolean,
  ): Promise<CommandResult> {
    signal?.throwIfAborted();
    const text = stdin === undefined ? undefined : (await collectBytes(stdin)).toString("utf8");
    const call: FakeCommandCall = { command, cwd, env, stdin: text, isAttached, signal };
    this.calls.push(call);
    for (const handler of this.#handlers) {
      const result = await handler(command, call);
      signal?.throwIfAborted();
      if (result !== undefined) return { exitCode: 0, stdout: "", stderr: "", ...result };
    }
    throw new ToolError("program-not-found", {
      program: command[0] ?? "",
      purpose: "it is not on PATH",
    });
  }
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
