import type { BuildConfig } from "../../config/cluster-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { SpringProject } from "../project/detect-project.ts";

/** Who makes an application's image; all but "assemble" leave it in the container engine. */
export type ImageBuilder = Exclude<BuildConfig["with"], "auto">;

/**
 * What the project says goes before our own way: its Dockerfile, then a Jib plugin that it has set up.
 * Throws `image-builder-unusable` when the config asks for what the project has not.
 */
export function chooseBuilder(
  wanted: BuildConfig["with"],
  project: Pick<SpringProject, "artifact" | "dockerfile" | "buildTool" | "jib">,
): ImageBuilder {
  const { artifact, dockerfile, buildTool, jib } = project;
  const unusable = (reason: string) =>
    new ToolError("image-builder-unusable", { project: artifact, builder: wanted, reason });
  switch (wanted) {
    case "auto":
      if (dockerfile !== undefined) return "dockerfile";
      return jib === undefined ? "assemble" : "jib";
    case "dockerfile":
      if (dockerfile === undefined) throw unusable("it has no Dockerfile in its folder");
      return wanted;
    case "jib":
      // Maven runs a plugin that no pom names; Gradle does not.
      if (buildTool === "gradle" && jib === undefined)
        throw unusable("its build does not apply the plugin com.google.cloud.tools.jib");
      return wanted;
    case "assemble":
    case "buildpacks":
      return wanted;
  }
}

/** Whether a plug-in of the build makes the image, in a run that is for this application alone. */
export function isMadeByBuild(
  wanted: BuildConfig["with"],
  { dockerfile, jib }: Pick<SpringProject, "dockerfile" | "jib">,
): boolean {
  if (wanted === "auto") return dockerfile === undefined && jib !== undefined;
  return wanted === "jib" || wanted === "buildpacks";
}

/** Whether the image is put on a JRE of ours; a Dockerfile, buildpacks and some builds with Jib say themselves. */
export function usesOurBase(builder: ImageBuilder, { jib }: Pick<SpringProject, "jib">): boolean {
  return builder === "assemble" || (builder === "jib" && jib?.hasBaseImage !== true);
}
