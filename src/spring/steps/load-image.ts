import { known, type UpStep } from "../up-context.ts";

export const loadImage: UpStep = {
  id: "load-image",
  title: () => "Bringing the image to the nodes",
  after: ["build-image", "load-base-image"],
  async run({ cluster, found }, { signal, progress }) {
    const { localImage, build } = found;
    const image = known(found, "image");
    if (localImage !== undefined) {
      const { sentBytes } = await cluster.loadLocalImage(localImage, {
        signal,
        isNew: build !== undefined,
      });
      return sentBytes === 0 ? { skipped: "the nodes have it" } : undefined;
    }
    // What has just been built may have the name of something that the nodes have.
    if (build === undefined && (await cluster.hasImageOnNodes(image, { signal }))) {
      return { skipped: "the nodes have it" };
    }
    await cluster.loadImage(image, { signal, onProgress: progress });
    return undefined;
  },
};
