import { dirname } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { StepControl } from "../../steps/step.ts";
import { buildFromDockerfile } from "../../images/build-from-dockerfile.ts";
import { digestOf } from "../../images/oci.ts";
import { DEFAULT_JAVA_VERSION } from "../detect-project.ts";
import { releaseBuild } from "../hold-build.ts";
import { assembleImage } from "../image/assemble-image.ts";
import { factsOf, labelsOf } from "../plan-image.ts";
import { faultOfTraining, wantsStartupArchive } from "../wants-startup-archive.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";
import { readProjectSources } from "./find-project.ts";

/** Assembled in layers on a JRE, without the engine, or made by what the project says. */
export const buildImage: UpStep = {
  id: "build-image",
  title: ({ found }) => `Making image ${found.image ?? ""}`.trimEnd(),
  after: ["build-project"],
  async run(context, control) {
    const { found } = context;
    if (found.build === undefined) return { skipped: "it is there already" };
    const project = known(found, "project");
    found.facts = factsOf(project, found.archive?.facts);
    const builder = known(found, "imageBuilder");
    if (builder === "assemble") await assemble(context, control);
    if (builder === "dockerfile") {
      await runDockerBuild(context, project.dockerfile ?? "", control);
    }
    await releaseBuild(context);
    if (builder !== "assemble") await takeFromEngine(context);
    return undefined;
  },
};

/** What was saved during the build may be in it or not, so it must not be found again by what the sources were. */
async function isOfItsSources({ request, ports, found }: UpContext): Promise<boolean> {
  const options = { builder: known(found, "imageBuilder"), request, files: ports.files };
  const now = await readProjectSources(known(found, "project"), options);
  return now.fingerprint === found.sourceFingerprint;
}

async function assemble(
  context: UpContext,
  { signal, progress, output }: StepControl,
): Promise<void> {
  const { request, cluster, ports, found } = context;
  const archive = known(found, "archive");
  found.baseImage ??= await cluster.jreImage(archive.facts.buildJava ?? DEFAULT_JAVA_VERSION, {
    signal,
    onProgress: progress,
    onOutput: output,
  });
  const tellImpossible = (reason: string) =>
    ports.reporter.report({
      type: "output",
      source: "startup archive",
      line: `The image has none, so its pods start as slowly as without: ${reason}.`,
    });
  const isWanted = wantsStartupArchive(request.application, "assemble");
  const fault = isWanted ? faultOfTraining(archive.facts.springBootVersion) : undefined;
  const isTrained = isWanted && fault === undefined;
  if (fault !== undefined) tellImpossible(fault);
  if (isTrained) progress("starting it once, for an archive of the classes it loads");
  found.localImage = await assembleImage(
    {
      name: known(found, "image"),
      archive: archive.path,
      ...(found.classes === undefined ? {} : { classes: found.classes }),
      baseImage: found.baseImage,
      labels: labelsOf(known(found, "name"), known(found, "facts")),
      ...(isTrained ? { training: { onImpossible: tellImpossible } } : {}),
      libraryArchive: found.libraryArchive,
      onRead: () => releaseBuild(context),
      isKept: await isOfItsSources(context),
    },
    ports,
    signal,
  );
  found.imageId = digestOf(found.localImage.config);
}

/** What a builder has given to the engine. */
async function takeFromEngine(context: UpContext): Promise<void> {
  const { found, ports } = context;
  const image = known(found, "image");
  found.imageId = await imageIdOf(image, ports);
  if (await isOfItsSources(context)) return;
  found.image = `${image}-${found.imageId.replace(/^sha256:/, "").slice(0, 12)}`;
  await ports.engine.tagImage(image, found.image);
  await ports.engine.removeImage(image);
}

async function imageIdOf(name: string, { engine }: UpContext["ports"]): Promise<string> {
  const image = await engine.inspectImage(name);
  if (image !== undefined) return image.id;
  throw new ToolError("image-not-found", {
    image: name,
    reason: "the builder did not give it to the engine",
  });
}

async function runDockerBuild(
  { ports, found }: UpContext,
  dockerfile: string,
  { signal, output: print }: StepControl,
): Promise<void> {
  await buildFromDockerfile(
    {
      tags: [known(found, "image")],
      labels: labelsOf(known(found, "name"), known(found, "facts")),
      file: dockerfile,
      directory: dirname(dockerfile),
    },
    { engineCli: ports.engineCli, signal, onLine: (line) => print("docker build", line) },
  );
}
