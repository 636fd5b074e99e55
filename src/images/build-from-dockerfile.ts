import { basename } from "node:path";
import { isToolError, ToolError } from "../errors/tool-error.ts";
import type { EngineCli, ImageBuild } from "../ports/engine-cli.ts";

/** How many lines of a failed build an error shows. */
const shownLines = 30;

/**
 * Builds an image from a Dockerfile, by the engine's CLI.
 *
 * @throws ToolError `docker-cli-missing`; `image-build-failed` with the lines that say why
 */
export async function buildFromDockerfile(
  build: ImageBuild,
  {
    engineCli,
    signal,
    onLine,
  }: {
    readonly engineCli: EngineCli;
    readonly signal: AbortSignal;
    readonly onLine: (line: string) => void;
  },
): Promise<void> {
  const image = build.tags[0] ?? "";
  const dockerfile = build.file ?? `${build.directory}/Dockerfile`;
  const lines: string[] = [];
  const { exitCode } = await ifCliIsThere(image, () =>
    engineCli.build(build, {
      signal,
      onLine(line) {
        if (line.trim() === "") return;
        lines.push(line);
        onLine(line);
      },
    }),
  );
  if (exitCode === 0) return;
  throw new ToolError("image-build-failed", {
    image,
    dockerfile,
    lines: readBuildFailure(lines, dockerfile),
  });
}

/** Translates the engine's CLI not being there, which `image` is made or pushed with. Throws `docker-cli-missing`. */
export async function ifCliIsThere<Value>(
  image: string,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    throw new ToolError("docker-cli-missing", { image }, { cause: error });
  }
}

/** The lines that say why a build failed, with the Dockerfile's own where the builder shows them. */
export function readBuildFailure(lines: readonly string[], dockerfile: string): readonly string[] {
  // BuildKit: "------" blocks (the failing step's output, the Dockerfile's lines), then "ERROR: …".
  const block = lines.findIndex((line) => /^-{4,}$/.test(line));
  const relevant = block === -1 ? lines.slice(-12) : lines.slice(block);
  const noise =
    /^(-{4,}|View build details|DEPRECATED:|\s+(BuildKit is|Install the buildx|environment-variable))/;
  const name = basename(dockerfile);
  return relevant
    .filter((line) => !noise.test(line))
    .map((line) => line.replace(/^#\d+ \d+\.\d+ /, ""))
    .map((line) => (line.startsWith(name) ? `${dockerfile}${line.slice(name.length)}` : line))
    .slice(0, shownLines);
}
