import type { CommandResult } from "./commands.ts";

/** An image to be built from a Dockerfile. */
export interface ImageBuild {
  /** Names of the image; the first must be there. */
  readonly tags: readonly string[];
  /** What the Dockerfile copies from. */
  readonly directory: string;
  /** The Dockerfile; DIRECTORY/Dockerfile when left out. */
  readonly file?: string;
  readonly target?: string;
  /** NAME=VALUE, or NAME for what the environment has. */
  readonly buildArgs?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface CliOptions {
  readonly signal?: AbortSignal | undefined;
  /** Each complete line of what the CLI prints. */
  readonly onLine?: (line: string) => void;
}

/**
 * The command line of the engine (docker), for what its API does not do, or does without the logins, builders and
 * terminals of the user. It talks to the engine that `ContainerEngine` does, whatever it is set to by itself. Its calls
 * throw `program-not-found` when there is no such program on PATH.
 */
export interface EngineCli {
  /** Resolves when the CLI is there, with what `build` needs to know of it. */
  check(options?: Pick<CliOptions, "signal">): Promise<void>;
  /** The image is in the engine's store when the exit code is 0. */
  build(build: ImageBuild, options?: CliOptions): Promise<CommandResult>;
  push(image: string, options?: CliOptions): Promise<CommandResult>;
  /**
   * Runs a command in a container with stdin, stdout and stderr of this process. Resolves with its exit code.
   *
   * @param options.hasTerminal stdin and stdout are a terminal
   */
  attach(
    container: string,
    command: readonly string[],
    options: { readonly hasTerminal: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<number>;
  /** Environment by which other programs that look for an engine (Jib, buildpacks) find the same one. */
  readonly environment: Readonly<Record<string, string>>;
}
