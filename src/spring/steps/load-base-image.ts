import type { UpStep } from "../up-context.ts";

/**
 * Beside the build, because a JRE is far larger than an application, and goes to a node once. Afterwards
 * the application's layers are all that an image has to bring.
 */
export const loadBaseImage: UpStep = {
  id: "load-base-image",
  title: () => "Bringing the Java runtime to the nodes",
  after: ["ensure-cluster"],
  async run({ cluster, found }, { signal, progress }) {
    const { baseImage } = found;
    if (baseImage === undefined) return { skipped: "only the built image says which one" };
    if (await cluster.hasImageOnNodes(baseImage, { signal })) {
      return { skipped: "the nodes have it" };
    }
    await cluster.loadImage(baseImage, { signal, onProgress: progress });
    return undefined;
  },
};
