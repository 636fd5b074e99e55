import { usesOurBase } from "../choose-builder.ts";
import { findImage } from "../find-image.ts";
import { planBuild } from "../plan-build.ts";
import { factsOf, imageNameOf } from "../plan-image.ts";
import { wantsStartupArchive } from "../wants-startup-archive.ts";
import { checkBuildTool } from "./check-tools.ts";
import { known, type UpContext, type UpPorts, type UpStep } from "../up-context.ts";

/** Works out the image's name, and with it whether there is anything to build. */
export const planImage: UpStep = {
  id: "plan-image",
  title: () => "Choosing the image",
  // Images may have to be fetched, or made, for it.
  after: ["find-project", "check-port"],
  async run({ request, cluster, ports, found }, { signal, progress, output }) {
    const project = known(found, "project");
    const builder = known(found, "imageBuilder");
    const { baseImage } = request.application.build;
    if (baseImage !== undefined) {
      await ensureBaseImage(baseImage, ports, { signal, onProgress: progress });
      found.baseImage = baseImage;
    } else if (usesOurBase(builder, project) && project.javaVersion !== undefined) {
      const expected = await cluster.expectedJreImage(project.javaVersion);
      // It is pulled or made next, for a project that a JDK of this machine may be too old for.
      if ((await ports.engine.inspectImage(expected)) === undefined) {
        await checkBuildTool(planBuild(project, request), found, ports, signal);
      }
      found.baseImage = await cluster.jreImage(project.javaVersion, {
        signal,
        onProgress: progress,
        onOutput: output,
      });
    }
    const image = nameImage({ request, found });
    progress(image);
    if (!request.rebuild) {
      const present = await findImage(
        { name: image, baseImage: found.baseImage, isInEngine: builder !== "assemble" },
        ports,
        signal,
      );
      if (present !== undefined) {
        // Images of plug-ins carry no labels of ours; the build files have to do.
        Object.assign(found, { facts: factsOf(project, undefined), ...present });
        return;
      }
    }
    found.build = planBuild(project, {
      ...request,
      ...(builder === "jib" || builder === "buildpacks"
        ? { image: { builder, name: image, baseImage: found.baseImage } }
        : {}),
    });
  },
};

/** Names the image by all that it is made of. */
export function nameImage({ request, found }: Pick<UpContext, "request" | "found">): string {
  const builder = known(found, "imageBuilder");
  found.image = imageNameOf({
    name: known(found, "name"),
    sourceFingerprint: known(found, "sourceFingerprint"),
    module: known(found, "project").module,
    baseImage: found.baseImage,
    builder,
    hasStartupArchive: wantsStartupArchive(request.application, builder),
    libraryArchive: found.libraryArchive?.key,
  });
  return found.image;
}

/** An image that nobody has yet is pulled; one that the engine has is taken as it is. */
async function ensureBaseImage(
  ref: string,
  { engine }: Pick<UpPorts, "engine">,
  options: { readonly signal: AbortSignal; readonly onProgress: (detail: string) => void },
): Promise<void> {
  if ((await engine.inspectImage(ref)) === undefined) await engine.pullImage(ref, options);
}
