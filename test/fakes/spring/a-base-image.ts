import { collectBytes } from "../collect-bytes.ts";
import type { FakeContainerEngine } from "../container-engine/fake-container-engine.ts";
import { ociArchiveFiles, sampleImage, tarOf } from "../images/sample-image.ts";

/** Gives the engine an image that others can be put on: it can be inspected and saved. */
export async function putBaseImage(
  engine: FakeContainerEngine,
  ref = "airfield/jre-17:1",
): Promise<void> {
  const sample = sampleImage(ref, [`the runtime of ${ref}`]);
  engine.images.add(ref, {
    id: sample.config.digest,
    layers: sample.layers.map(({ diffId }) => diffId),
  });
  engine.archives.set(ref, await collectBytes(tarOf(ociArchiveFiles([sample]))));
}
