/** The end of a program. */
export interface CommandResult {
  /** 128 + signal number when a signal ended it, as shells say. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  /** Stops the program (SIGTERM, SIGKILL after `graceMs`) and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Each complete line as it comes, of both streams. */
  readonly onLine?: (line: string) => void;
  /** The result has no output: for programs that go on for hours and tell their lines. */
  readonly keepsNothing?: boolean;
  /** After SIGTERM, before SIGKILL; 5 s where it is left out. For programs that undo what they began. */
  readonly graceMs?: number;
}

/** Programs of the host. Arguments are arrays; nothing passes through a shell. */
export interface Commands {
  /** Runs to the end and collects the output. Throws `program-not-found`. */
  run(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs with this process's stdin, stdout and stderr; resolves with the exit code. Throws `program-not-found`. */
  runAttached(
    command: readonly string[],
    options?: Omit<CommandOptions, "stdin" | "onLine" | "keepsNothing">,
  ): Promise<number>;
  /** Starts it and lets it go on after the end of this process, without input or output. Throws `program-not-found`. */
  startDetached(command: readonly string[]): Promise<void>;
}
