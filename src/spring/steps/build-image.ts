import { dirname, join } from "node:path";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { StepControl } from "../../cluster/step.ts";
import { DEFAULT_JAVA_VERSION } from "../detect-project.ts";
import {
  ARCHIVE_IN_IMAGE,
  extractCommand,
  factsOf,
  imageBuildCommand,
  labelsOf,
  layeredDockerfile,
  orderLayers,
  readImageBuildFailure,
} from "../plan-image.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";

/** From the project's own Dockerfile, or in layers on a JRE. */
export const buildImage: UpStep = {
  id: "build-image",
  title: ({ found }) => `Making image ${found.image ?? ""}`.trimEnd(),
  after: ["build-project"],
  async run(context, control) {
    const { ports, found } = context;
    if (found.build === undefined) return { skipped: "the engine has it already" };
    const project = known(found, "project");
    found.facts = factsOf(project, found.archive?.facts);
    if (project.dockerfile !== undefined) {
      await runDockerBuild(context, project.dockerfile, dirname(project.dockerfile), control);
    } else {
      const folder = await ports.files.makeTemporaryDirectory("airfield-image-");
      try {
        const dockerfile = await writeContext(context, folder, control);
        await runDockerBuild(context, dockerfile, folder, control);
      } finally {
        await ports.files.remove(folder);
      }
    }
    const image = await ports.engine.inspectImage(known(found, "image"));
    if (image === undefined) {
      throw new ToolError("image-not-found", {
        image: known(found, "image"),
        reason: "the builder did not give it to the engine",
      });
    }
    found.imageId = image.id;
    return undefined;
  },
};

/** One folder per layer and a Dockerfile that stacks them; resolves with the Dockerfile's path. */
async function writeContext(
  { cluster, ports, found }: UpContext,
  folder: string,
  { signal, progress }: StepControl,
): Promise<string> {
  const archive = known(found, "archive");
  if (archive.facts.canExtractLayers) {
    await extractLayers({ ports, found }, folder, signal);
  } else {
    const single = join(folder, "application", ARCHIVE_IN_IMAGE);
    await ports.files.makeDirectory(dirname(single), { mode: 0o755 });
    await ports.files.writeBytes(single, ports.files.readStream(archive.path));
  }
  const entries = (await ports.files.list(folder)) ?? [];
  const layers = entries.filter(({ kind }) => kind === "directory").map(({ name }) => name);
  const baseImage =
    found.baseImage ??
    (await cluster.jreImage(archive.facts.buildJava ?? DEFAULT_JAVA_VERSION, {
      signal,
      onProgress: progress,
    }));
  const dockerfile = join(folder, "Dockerfile");
  await ports.files.writeBytes(
    dockerfile,
    Buffer.from(layeredDockerfile(baseImage, orderLayers(layers))),
  );
  return dockerfile;
}

async function extractLayers(
  { ports, found }: Pick<UpContext, "ports" | "found">,
  destination: string,
  signal: AbortSignal,
): Promise<void> {
  const archive = known(found, "archive").path;
  const java = found.javaHome === undefined ? "java" : join(found.javaHome, "bin/java");
  const command = extractCommand({ java, archive, destination });
  try {
    const { exitCode, stdout, stderr } = await ports.commands.run(command, { signal });
    if (exitCode === 0) return;
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    throw new ToolError("archive-not-extracted", { archive, lines: lines.slice(0, 15) });
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    throw new ToolError(
      "jdk-missing",
      { project: archive, reason: `there is no "${java}" to take it apart with` },
      { cause: error },
    );
  }
}

async function runDockerBuild(
  { ports, found }: UpContext,
  dockerfile: string,
  contextDir: string,
  { signal, progress }: StepControl,
): Promise<void> {
  const isOwn = known(found, "project").dockerfile !== undefined;
  const { command, env } = imageBuildCommand(known(found, "builder"), {
    name: known(found, "image"),
    labels: labelsOf(known(found, "name"), known(found, "facts")),
    dockerfile,
    contextDir,
  });
  let output = "";
  const { exitCode } = await ports.commands.run(command, {
    cwd: contextDir,
    env,
    signal,
    onLine(line) {
      output += `${line}\n`;
      if (line.trim() === "") return;
      // The steps of our own Dockerfile are of no interest; those of the user's are.
      if (isOwn) ports.reporter.report({ type: "output", source: "docker build", line });
      else if (/^(#\d+ \[|Step )/.test(line)) progress(line.replace(/^#\d+ /, ""));
    },
  });
  if (exitCode === 0) return;
  throw new ToolError("image-build-failed", {
    image: known(found, "image"),
    dockerfile: isOwn ? dockerfile : undefined,
    lines: readImageBuildFailure(output, dockerfile),
  });
}
