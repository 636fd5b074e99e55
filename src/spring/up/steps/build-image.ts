import { dirname } from "node:path";
import { ToolError } from "../../../errors/tool-error.ts";
import type { StepControl } from "../../../steps/step.ts";
import { buildFromDockerfile } from "../../../images/build-from-dockerfile.ts";
import { digestOf } from "../../../images/oci.ts";
import { DEFAULT_JAVA_VERSION } from "../../project/detect-project.ts";
import { releaseBuild } from "../../build/hold-build.ts";
import { assembleImage } from "../../image/assemble-image.ts";
import { factsOf, labelsOf, type ApplicationFacts } from "../../plan/plan-image.ts";
import { faultOfTraining, wantsStartupArchive } from "../../plan/wants-startup-archive.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { UpContext } from "../up-context.ts";
import type { Built, Imaged, UpTask } from "../up-stages.ts";
import { readProjectSources } from "./find-project.ts";

/** Assembled in layers on a JRE, without the engine, or made by what the project says. */
export const buildImage: UpTask<Built, Imaged> = {
  id: "build-image",
  phase: "image",
  title: (_, { image }) => `Making image ${image}`,
  async run(context, built, control) {
    const { present, project, imageBuilder: builder } = built;
    if (present !== undefined) return new Skipped("it is there already", { ...built, ...present });
    const facts = factsOf(project, built.archive?.facts);
    const making = { ...built, facts };
    if (builder === "assemble") {
      const imaged = await assemble(context, making, control);
      await releaseBuild(context);
      return imaged;
    }
    if (builder === "dockerfile") await runDockerBuild(context, making, control);
    await releaseBuild(context);
    return takeFromEngine(context, making);
  },
};

type Making = Built & { readonly facts: ApplicationFacts };

/** What was saved during the build may be in it or not, so it must not be found again by what the sources were. */
async function isOfItsSources({ request, ports }: UpContext, built: Built): Promise<boolean> {
  const options = { builder: built.imageBuilder, request, files: ports.files };
  const now = await readProjectSources(built.project, options);
  return now.fingerprint === built.sources.fingerprint;
}

async function assemble(
  context: UpContext,
  making: Making,
  { signal, progress, output }: StepControl,
): Promise<Imaged> {
  const { request, cluster, ports } = context;
  const { archive, classes } = making;
  if (archive === undefined) throw new Error("No archive was built.");
  const baseImage =
    making.baseImage ??
    (await cluster.jreImage(archive.facts.buildJava ?? DEFAULT_JAVA_VERSION, {
      ...{ signal, onProgress: progress, onOutput: output },
    }));
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
  const localImage = await assembleImage(
    {
      name: making.image,
      archive: archive.path,
      ...(classes === undefined ? {} : { classes }),
      baseImage,
      labels: labelsOf(making.name, making.facts),
      ...(isTrained ? { training: { onImpossible: tellImpossible } } : {}),
      libraryArchive: context.libraryArchive,
      onRead: () => releaseBuild(context),
      isKept: await isOfItsSources(context, making),
    },
    ports,
    signal,
  );
  return { ...making, baseImage, localImage, imageId: digestOf(localImage.config) };
}

/** What a builder has given to the engine. */
async function takeFromEngine(context: UpContext, making: Making): Promise<Imaged> {
  const { ports } = context;
  const { image } = making;
  const imageId = await imageIdOf(image, ports);
  const imaged = { ...making, imageId, localImage: undefined };
  if (await isOfItsSources(context, making)) return imaged;
  const own = `${image}-${imageId.replace(/^sha256:/, "").slice(0, 12)}`;
  await ports.engine.tagImage(image, own);
  await ports.engine.removeImage(image);
  return { ...imaged, image: own };
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
  { ports }: UpContext,
  { project, image, name, facts }: Making,
  { signal, output: print }: StepControl,
): Promise<void> {
  const { dockerfile = "" } = project;
  await buildFromDockerfile(
    {
      tags: [image],
      labels: labelsOf(name, facts),
      file: dockerfile,
      directory: dirname(dockerfile),
    },
    { engineCli: ports.engineCli, signal, onLine: (line) => print("docker build", line) },
  );
}
