import type { ApplicationConfig } from "../../config/cluster-config.ts";
import { usesOurBase } from "./choose-builder.ts";
import type { FoundImage } from "../image/find-image.ts";
import { planBuild } from "./plan-build.ts";
import { factsOf, imageNameOf } from "./plan-image.ts";
import type { UpRequest } from "../up/up-context.ts";
import type { ApplicationPlan, Looked } from "../up/up-stages.ts";
import { wantsStartupArchive } from "./wants-startup-archive.ts";

/** The image that an application's image is made on: the user's, or a JRE of ours. Undefined: the archive or the builder says. */
export function planBaseImage(
  { imageBuilder, project }: Pick<Looked, "imageBuilder" | "project">,
  { build }: Pick<ApplicationConfig, "build">,
): { readonly ref: string } | { readonly javaVersion: number } | undefined {
  if (build.baseImage !== undefined) return { ref: build.baseImage };
  const { javaVersion } = project;
  if (javaVersion === undefined || !usesOurBase(imageBuilder, project)) return undefined;
  return { javaVersion };
}

/** Names the image by all that it is made of. */
export function planImageName(
  { name, project, imageBuilder, sources }: Omit<Looked, "contents" | "needsArchive">,
  {
    application,
    baseImage,
    libraryArchive,
  }: {
    readonly application: ApplicationConfig;
    readonly baseImage: string | undefined;
    /** Its key. */
    readonly libraryArchive?: string | undefined;
  },
): string {
  return imageNameOf({
    ...{ name, baseImage, libraryArchive, builder: imageBuilder },
    sourceFingerprint: sources.fingerprint,
    module: project.module,
    hasStartupArchive: wantsStartupArchive(application, imageBuilder),
  });
}

/** What `up` does with an application, and what `--dry-run` and the exports show of it. */
export function planApplication(
  looked: Looked,
  {
    baseImage,
    image,
    present,
  }: {
    readonly baseImage: string | undefined;
    readonly image: string;
    /** The image of that name; undefined: there is none, or it is to be made anew. */
    readonly present: FoundImage | undefined;
  },
  request: Pick<UpRequest, "runTests" | "offline">,
): ApplicationPlan {
  const { project, imageBuilder: builder } = looked;
  if (present !== undefined) {
    const { imageId, localImage } = present;
    // Images of plug-ins carry no labels of ours; the build files have to do.
    const facts = present.facts ?? factsOf(project, undefined);
    return {
      ...looked,
      ...{ image, baseImage: present.baseImage ?? baseImage, build: undefined },
      present: { facts, imageId, localImage },
    };
  }
  const isMadeByBuild = builder === "jib" || builder === "buildpacks";
  const build = planBuild(project, {
    ...request,
    ...(isMadeByBuild ? { image: { builder, name: image, baseImage } } : {}),
  });
  return { ...looked, image, baseImage, build, present: undefined };
}
