import type { CommandResult, Commands } from "../../ports/commands.ts";
import type { CliOptions, EngineCli, ImageBuild } from "../../ports/engine-cli.ts";
import type { EngineAddress } from "./resolve-engine-address.ts";

/** What of the CLI decides how it builds. */
interface Builder {
  readonly hasBuildx: boolean;
  /** Major version of the CLI. */
  readonly cliMajor: number;
}

/** The docker command. */
export class DockerCli implements EngineCli {
  readonly #commands: Commands;
  /** Asked once. */
  #builder: Promise<Builder> | undefined;
  readonly environment: Readonly<Record<string, string>>;

  constructor({ url }: Pick<EngineAddress, "url">, commands: Commands) {
    this.#commands = commands;
    // Over TCP the CLI finds the engine and its certificates as Airfield did: by environment or context.
    this.environment = url.startsWith("unix:") ? { DOCKER_HOST: url } : {};
  }

  async check({ signal }: Pick<CliOptions, "signal"> = {}): Promise<void> {
    await this.#findBuilder(signal);
  }

  async build(build: ImageBuild, { signal, onLine }: CliOptions = {}): Promise<CommandResult> {
    const builder = await this.#findBuilder(signal);
    return this.#commands.run(buildCommand(build, builder), {
      cwd: build.directory,
      env: { ...this.environment, ...buildEnvironment(builder) },
      signal,
      ...(onLine === undefined ? {} : { onLine }),
    });
  }

  push(image: string, { signal, onLine }: CliOptions = {}): Promise<CommandResult> {
    return this.#commands.run(["docker", "push", image], {
      env: this.environment,
      signal,
      ...(onLine === undefined ? {} : { onLine }),
    });
  }

  attach(
    container: string,
    command: readonly string[],
    { hasTerminal, signal }: { readonly hasTerminal: boolean; readonly signal?: AbortSignal },
  ): Promise<number> {
    const options = ["--interactive", ...(hasTerminal ? ["--tty"] : [])];
    return this.#commands.runAttached(["docker", "exec", ...options, container, ...command], {
      env: this.environment,
      signal,
    });
  }

  #findBuilder(signal: AbortSignal | undefined): Promise<Builder> {
    this.#builder ??= this.#askBuilder(signal).catch((error: unknown) => {
      // A call that was cancelled tells nothing of the next one.
      this.#builder = undefined;
      throw error;
    });
    return this.#builder;
  }

  async #askBuilder(signal: AbortSignal | undefined): Promise<Builder> {
    const [version, buildx] = await Promise.all([
      this.#commands.run(["docker", "--version"], { signal }),
      this.#commands.run(["docker", "buildx", "version"], { signal }),
    ]);
    return {
      hasBuildx: buildx.exitCode === 0,
      cliMajor: Number(/version (\d+)/.exec(version.stdout)?.[1] ?? 0),
    };
  }
}

/**
 * BuildKit where there is one: in the buildx plug-in, or inside the CLI before version 23; else the classic builder.
 * https://docs.docker.com/build/buildkit/
 */
function buildCommand(
  { tags, file, target, buildArgs = [], labels = {}, directory }: ImageBuild,
  { hasBuildx }: Builder,
): readonly string[] {
  return [
    "docker",
    // `--load`, because a builder other than the default one (docker buildx create) keeps the image to itself. The
    // classic builder leaves the container of a step that fails, unless told not to.
    ...(hasBuildx ? ["buildx", "build", "--load"] : ["build", "--force-rm"]),
    ...tags.flatMap((tag) => ["--tag", tag]),
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...(file === undefined ? [] : ["--file", file]),
    ...(target === undefined ? [] : ["--target", target]),
    ...buildArgs.flatMap((argument) => ["--build-arg", argument]),
    directory,
  ];
}

function buildEnvironment({ hasBuildx, cliMajor }: Builder): Readonly<Record<string, string>> {
  return {
    // Without BuildKit, DOCKER_BUILDKIT=1 in the user's environment would keep the classic builder from running.
    DOCKER_BUILDKIT: hasBuildx || cliMajor < 23 ? "1" : "0",
    BUILDKIT_PROGRESS: "plain",
    // Attestations turn an image into an index of two, which `docker save` and `ctr import` do not carry everywhere.
    BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
    // The classic builder's advice to install buildx is nothing the user asked for.
    DOCKER_CLI_HINTS: "false",
  };
}
