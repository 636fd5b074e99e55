import { dirname } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { StepControl } from "../../cluster/step.ts";
import { digestOf } from "../../images/oci.ts";
import { DEFAULT_JAVA_VERSION } from "../detect-project.ts";
import { assembleImage } from "../image/assemble-image.ts";
import { factsOf, imageBuildCommand, labelsOf, readImageBuildFailure } from "../plan-image.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";

/** By the project's own Dockerfile, or else assembled in layers on a JRE, without the engine. */
export const buildImage: UpStep = {
  id: "build-image",
  title: ({ found }) => `Making image ${found.image ?? ""}`.trimEnd(),
  after: ["build-project"],
  async run(context, control) {
    const { found } = context;
    if (found.build === undefined) return { skipped: "it is there already" };
    const project = known(found, "project");
    found.facts = factsOf(project, found.archive?.facts);
    if (project.dockerfile === undefined) await assemble(context, control);
    else await buildWithDockerfile(context, project.dockerfile, control);
    return undefined;
  },
};

async function assemble(
  { cluster, ports, found }: UpContext,
  { signal, progress }: StepControl,
): Promise<void> {
  const archive = known(found, "archive");
  found.baseImage ??= await cluster.jreImage(archive.facts.buildJava ?? DEFAULT_JAVA_VERSION, {
    signal,
    onProgress: progress,
  });
  found.localImage = await assembleImage(
    {
      name: known(found, "image"),
      archive: archive.path,
      ...(found.classes === undefined ? {} : { classes: found.classes }),
      baseImage: found.baseImage,
      labels: labelsOf(known(found, "name"), known(found, "facts")),
    },
    ports,
    signal,
  );
  found.imageId = digestOf(found.localImage.config);
}

async function buildWithDockerfile(
  context: UpContext,
  dockerfile: string,
  control: StepControl,
): Promise<void> {
  const { ports, found } = context;
  const name = known(found, "image");
  await runDockerBuild(context, dockerfile, control);
  const image = await ports.engine.inspectImage(name);
  if (image === undefined) {
    throw new ToolError("image-not-found", {
      image: name,
      reason: "the builder did not give it to the engine",
    });
  }
  found.imageId = image.id;
}

async function runDockerBuild(
  { ports, found }: UpContext,
  dockerfile: string,
  { signal }: StepControl,
): Promise<void> {
  const contextDir = dirname(dockerfile);
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
      ports.reporter.report({ type: "output", source: "docker build", line });
    },
  });
  if (exitCode === 0) return;
  throw new ToolError("image-build-failed", {
    image: known(found, "image"),
    dockerfile,
    lines: readImageBuildFailure(output, dockerfile),
  });
}
