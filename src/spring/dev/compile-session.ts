import { join } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import { orAborted } from "../../steps/or-aborted.ts";
import { withDeadline } from "../../steps/wait-until.ts";
import type { JavacCall } from "./plan-compile.ts";

/** What one compilation did. */
export interface Compilation {
  readonly isOk: boolean;
  readonly problems: readonly CompileProblem[];
  /** Class files below the output folder, relative, that differ from before. */
  readonly written: readonly string[];
  readonly deleted: readonly string[];
  readonly ms: number;
}

export interface CompileProblem {
  readonly isError: boolean;
  /** Absolute; "" when it is about no file. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A compiler that stays in memory between compilations. */
export interface CompileSession {
  /**
   * One at a time. Throws `compiler-stopped` when the JVM has ended, or has not answered in five minutes.
   * @param isTrial tells what would be written and deleted, and does neither
   */
  compile(call: JavacCall, options?: { readonly isTrial: boolean }): Promise<Compilation>;
  /** Resolves when the JVM is gone. */
  close(): Promise<void>;
}

/**
 * C1 alone, and a small heap: javac is warm after two compilations instead of ten, and a second of a developer's
 * machine is worth more than the last tenth of the compiler's speed.
 */
const JVM_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g", "-Xshare:auto"];

/** An annotation processor may run for long, or for ever. */
const COMPILE_LIMIT_MS = 300_000;
/** The JVM ends with its stdin, unless it still compiles. */
const CLOSE_LIMIT_MS = 5_000;

/**
 * Starts CompileServer.java (beside this file) from its source. It ends with its stdin, so it ends also
 * when this process is killed.
 */
export function openCompileSession(
  options: {
    readonly javaHome: string | undefined;
    readonly serverFile: string;
    readonly dir: string;
  },
  { commands, clock }: Pick<Ports, "commands" | "clock">,
): CompileSession {
  const requests = new RequestQueue();
  const ending = new AbortController();
  let answer = new Answer();
  let output = "";
  const java = options.javaHome === undefined ? "java" : join(options.javaHome, "bin/java");
  const running = commands
    .run([java, ...JVM_OPTIONS, options.serverFile], {
      cwd: options.dir,
      stdin: requests,
      signal: ending.signal,
      onLine(line) {
        if (!answer.add(line)) output = `${output}${line}\n`.slice(-4_000);
      },
    })
    .then(
      ({ exitCode }) => answer.fail(stopped(`exit code ${exitCode}`)),
      (error: unknown) => answer.fail(error),
    );

  const stopped = (reason: string) =>
    new ToolError("compiler-stopped", { reason, lines: output.trim().split("\n").slice(-10) });

  return {
    async compile(call, { isTrial } = { isTrial: false }) {
      const asked = (answer = answer.next());
      requests.push(requestOf(call, isTrial));
      return withDeadline((signal) => orAborted(asked.compilation, signal), {
        ...{ clock, withinMs: COMPILE_LIMIT_MS },
        onDeadline: () => {
          const error = stopped(`it did not answer in ${COMPILE_LIMIT_MS / 60_000} minutes`);
          answer.fail(error);
          ending.abort(error);
          return error;
        },
      });
    },
    async close() {
      requests.end();
      const late = clock.deadline(CLOSE_LIMIT_MS);
      late.addEventListener("abort", () => ending.abort(late.reason), { once: true });
      await running;
    },
  };
}

function requestOf(call: JavacCall, isTrial: boolean): string {
  return [
    ...call.options.map((option) => `option ${option}`),
    ...call.sourceRoots.map((root) => `root ${root}`),
    ...call.includes.map((pattern) => `include ${pattern}`),
    ...call.excludes.map((pattern) => `exclude ${pattern}`),
    `output ${call.output}`,
    isTrial ? "try\n" : "go\n",
  ].join("\n");
}

/** The lines of one answer, until "done". Once the server has ended every further answer fails at once. */
class Answer {
  readonly compilation: Promise<Compilation>;
  readonly #problems: CompileProblem[] = [];
  readonly #written: string[] = [];
  readonly #deleted: string[] = [];
  #resolve: (compilation: Compilation) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(failure?: { readonly error: unknown }) {
    this.#failure = failure;
    this.compilation = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting when the server ends.
    this.compilation.catch(() => undefined);
    if (failure !== undefined) this.#reject(failure.error);
  }

  next(): Answer {
    return new Answer(this.#failure);
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#reject(error);
  }

  /** Whether the line was part of it. */
  add(line: string): boolean {
    const [kind, ...fields] = line.split("\t").map(unescaped);
    const [first = "", second = "", third = "", ...rest] = fields;
    switch (kind) {
      case "error":
      case "warning": {
        const message = rest.join("\t");
        const at = { path: first, line: Number(second), column: Number(third) };
        this.#problems.push({ isError: kind === "error", ...at, message });
        return true;
      }
      case "written":
        this.#written.push(first);
        return true;
      case "deleted":
        this.#deleted.push(first);
        return true;
      case "done":
        this.#resolve({
          isOk: first === "ok",
          problems: this.#problems,
          written: this.#written,
          deleted: this.#deleted,
          ms: Number(second),
        });
        return true;
      default:
        return false;
    }
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
}

/** An endless stdin. */
class RequestQueue implements AsyncIterable<Uint8Array> {
  #waiting: string[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  push(text: string): void {
    this.#waiting.push(text);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const texts = this.#waiting.splice(0);
      for (const text of texts) yield Buffer.from(text);
      if (this.#isEnded) return;
      if (this.#waiting.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
