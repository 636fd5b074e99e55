import type { EngineInfo } from "../../ports/container-engine.ts";
import type { Ports } from "../../ports/ports.ts";
import type { ImageBlob, OciImage } from "../oci.ts";
import type { OpenImages } from "../deliver/arriving-images.ts";
import { layersToSend, type LoadPlan } from "../deliver/plan-load.ts";
import { LayerHeads, readHead } from "./layer-heads.ts";
import { keepInFolder, readArchive } from "./read-archive.ts";
import { ReplayFeed } from "./replay-feed.ts";

/**
 * Gets the images out of the engine once for all nodes, by `docker save`. Layers that some node needs
 * are put aside in a folder as they come, so that each node reads them at its own pace; it goes with
 * the returned object.
 */
export async function openSavedImages(
  plans: readonly LoadPlan[],
  { hasContainerdStore }: Pick<EngineInfo, "hasContainerdStore">,
  { engine, files }: Pick<Ports, "engine" | "files">,
  signal?: AbortSignal,
): Promise<OpenImages> {
  const title = "What the container engine saved";
  const folder = await files.makeTemporaryDirectory("airfield-images-");
  const abort = new AbortController();
  const together = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
  const blobs = new ReplayFeed<ImageBlob>();
  const needed = new Set(plans.flatMap((plan) => [...layersToSend(plan)]));
  const known = new Set(plans.flatMap(({ images }) => images.flatMap(({ image }) => image.layers)));

  const bytes = engine.saveImages(refsToSend(plans), {
    signal: together,
    // That store may hold an image for several platforms; only the nodes' is wanted. Others have one.
    ...(hasContainerdStore ? { platform: plans[0]?.platform ?? "" } : {}),
  });
  let failure: { readonly error: unknown } | undefined;
  const images: Promise<readonly OciImage[]> = readArchive(bytes, {
    title,
    keep: keepInFolder(folder, files),
    blobs,
    trustsNames: true,
    isNeeded: (digest) => needed.has(digest) || !known.has(digest),
  });
  const ended = images.then(
    () => undefined,
    (error: unknown) => {
      failure = { error };
    },
  );
  return {
    title,
    blobs,
    images,
    // The containerd store's id may be that of an index of several platforms.
    arrival: Promise.resolve({ areIdsKept: !hasContainerdStore, areImagesFirst: false }),
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await ended;
      if (failure === undefined) await learnHeads(known, blobs, files);
      await files.remove(folder);
    },
  };
}

/** So that a push of another image on these layers need not wait for them. */
async function learnHeads(
  layers: ReadonlySet<string>,
  blobs: AsyncIterable<ImageBlob>,
  files: Ports["files"],
): Promise<void> {
  const heads = new LayerHeads(files);
  for await (const { digest, open } of blobs)
    if (layers.has(digest)) await heads.learn(digest, await readHead(open()));
  await heads.save();
}

function refsToSend(plans: readonly LoadPlan[]): readonly string[] {
  const refs = plans.flatMap(({ images }) =>
    images.flatMap(({ image, action }) => (action === "send" ? [image.ref] : [])),
  );
  return [...new Set(refs)];
}
