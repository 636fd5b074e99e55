import { findImage } from "../find-image.ts";
import { planBuild } from "../plan-build.ts";
import { imageNameOf } from "../plan-image.ts";
import { known, type UpStep } from "../up-context.ts";

/** Works out the image's name, and with it whether there is anything to build. */
export const planImage: UpStep = {
  id: "plan-image",
  title: () => "Choosing the image",
  after: ["find-project"],
  async run({ request, cluster, ports, found }, { signal, progress }) {
    const project = known(found, "project");
    const usesOwnDockerfile = project.dockerfile !== undefined;
    if (!usesOwnDockerfile && project.javaVersion !== undefined) {
      found.baseImage = await cluster.jreImage(project.javaVersion, {
        signal,
        onProgress: progress,
      });
    }
    found.image = imageNameOf({
      name: known(found, "name"),
      sourceFingerprint: known(found, "sourceFingerprint"),
      module: project.module,
      baseImage: found.baseImage,
    });
    progress(found.image);
    if (!request.rebuild) {
      const image = await findImage(
        { name: found.image, baseImage: found.baseImage, isInEngine: usesOwnDockerfile },
        ports,
        signal,
      );
      if (image !== undefined) {
        Object.assign(found, image);
        return;
      }
    }
    found.build = planBuild(project, request);
  },
};
