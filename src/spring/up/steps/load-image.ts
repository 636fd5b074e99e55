import { Skipped } from "../../../steps/flow.ts";
import type { Imaged, UpTask } from "../up-stages.ts";

export const loadImage: UpTask<Imaged, void> = {
  id: "load-image",
  phase: "nodes",
  title: () => "Bringing the image to the nodes",
  async run({ cluster }, { image, localImage, build }, { signal, progress }) {
    if (localImage !== undefined) {
      const { sentBytes } = await cluster.loadLocalImage(localImage, {
        signal,
        isNew: build !== undefined,
      });
      return sentBytes === 0 ? new Skipped("the nodes have it", undefined) : undefined;
    }
    // What has just been built may have the name of something that the nodes have.
    if (build === undefined && (await cluster.hasImageOnNodes(image, { signal }))) {
      return new Skipped("the nodes have it", undefined);
    }
    await cluster.loadImage(image, { signal, onProgress: progress });
    return undefined;
  },
};
