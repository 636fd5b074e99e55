import { known, type UpStep } from "../up-context.ts";

export const loadImage: UpStep = {
  id: "load-image",
  title: () => "Bringing the image to the nodes",
  after: ["build-image", "ensure-cluster"],
  async run({ cluster, found }, { signal, progress }) {
    const image = known(found, "image");
    // What has just been built may have the name of something that the nodes have.
    if (found.build === undefined && (await cluster.hasImageOnNodes(image, { signal }))) {
      return { skipped: "the nodes have it" };
    }
    await cluster.loadImage(image, { signal, onProgress: progress });
    return undefined;
  },
};
