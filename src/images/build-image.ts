import { isToolError, ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import type { PushEndpoint } from "../ports/push-endpoint.ts";
import type { LoadReport } from "./deliver/deliver-images.ts";
import { runSteps } from "../steps/run-steps.ts";
import type { StepControl } from "../steps/step.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import { loadImages } from "./load-images.ts";

export interface BuildImageRequest {
  readonly cluster: string;
  readonly directory: string;
  /** Names of the image; the first must be there. */
  readonly tags: readonly string[];
  /** The Dockerfile; DIR/Dockerfile when left out. */
  readonly file?: string;
  readonly target?: string;
  /** NAME=VALUE, or NAME for what the environment has. */
  readonly buildArgs: readonly string[];
  readonly nodes?: readonly string[];
}

/** How many of the last lines of a failed build are shown. */
const shownLines = 30;

/** Builds an image with the docker CLI and brings to the nodes what changed. */
export async function buildImage(
  { cluster, tags, nodes, ...build }: BuildImageRequest,
  ports: Pick<Ports, "engine" | "files" | "clock" | "reporter" | "commands"> & {
    readonly pushEndpoint?: PushEndpoint;
  },
  signal?: AbortSignal,
): Promise<LoadReport> {
  for (const tag of tags) parseImageReference(tag);
  const image = tags[0] ?? "";
  const where = { cluster, ...(nodes === undefined ? {} : { nodes }) };
  // A build may take minutes; that there is nothing to bring the image to is said before.
  await findNodeNames(where, ports.engine);
  const { address } = await ports.engine.info();
  const lines: string[] = [];
  const command = await buildCommand({ ...build, tags }, ports, signal);
  await runSteps(
    [{ id: "build-image", title: () => `Building ${image}`, after: [], run: runDocker }],
    undefined,
    { ...ports, ...(signal === undefined ? {} : { signal }) },
  );
  return loadImages({ ...where, images: tags }, ports, signal);

  async function runDocker(_: undefined, control: StepControl): Promise<void> {
    const options = {
      env: {
        // Over TCP the CLI finds the engine and its certificates as Airfield did.
        ...(address.startsWith("unix:") ? { DOCKER_HOST: address } : {}),
        BUILDKIT_PROGRESS: "plain",
        // They would turn the image into an index of two.
        BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
        DOCKER_CLI_HINTS: "false",
      },
      signal: control.signal,
      onLine(line: string) {
        lines.push(line);
        control.output("docker build", line);
      },
    };
    const { exitCode } = await ports.commands.run(command, options).catch((error: unknown) => {
      if (isToolError(error, "program-not-found"))
        throw new ToolError("docker-cli-missing", { image }, { cause: error });
      throw error;
    });
    if (exitCode === 0) return;
    throw new ToolError("image-build-failed", {
      image,
      dockerfile: build.file ?? `${build.directory}/Dockerfile`,
      lines: lines.slice(-shownLines),
    });
  }
}

/** `--load`, because a builder of one's own (docker buildx create) keeps the image to itself. */
async function buildCommand(
  build: Pick<BuildImageRequest, "directory" | "tags" | "file" | "target" | "buildArgs">,
  { commands }: Pick<Ports, "commands">,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const options = signal === undefined ? {} : { signal };
  const buildx = await commands
    .run(["docker", "buildx", "version"], options)
    .catch(() => undefined);
  return [
    ...(buildx?.exitCode === 0
      ? ["docker", "buildx", "build", "--load"]
      : ["docker", "build", "--force-rm"]),
    ...build.tags.flatMap((tag) => ["--tag", tag]),
    ...(build.file === undefined ? [] : ["--file", build.file]),
    ...(build.target === undefined ? [] : ["--target", build.target]),
    ...build.buildArgs.flatMap((argument) => ["--build-arg", argument]),
    build.directory,
  ];
}
