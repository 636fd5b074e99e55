import { Skipped } from "../../../steps/flow.ts";
import type { Checked, UpTask } from "../up-stages.ts";

/**
 * Beside the build, because a JRE is far larger than an application, and goes to a node once. Afterwards
 * the application's layers are all that an image has to bring.
 */
export const loadBaseImage: UpTask<Checked, void> = {
  id: "load-base-image",
  title: () => "Bringing the Java runtime to the nodes",
  async run({ cluster }, { baseImage }, { signal, progress }) {
    if (baseImage === undefined) {
      return new Skipped("only the built image says which one", undefined);
    }
    if (await cluster.hasImageOnNodes(baseImage, { signal })) {
      return new Skipped("the nodes have it", undefined);
    }
    await cluster.loadImage(baseImage, { signal, onProgress: progress });
    return undefined;
  },
};
