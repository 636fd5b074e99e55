import { dockerArchive } from "../../images/docker-archive.ts";
import { nameInRegistry, pushImage } from "../../images/push-image.ts";
import { known, type UpContext, type UpStep } from "../up-context.ts";

/** To the local engine and to a registry, where it is wanted; last, so that others get only what has answered. */
export const shareImage: UpStep = {
  id: "share-image",
  title: ({ request }) => {
    const { pushTo } = request.application.build;
    return pushTo === undefined
      ? "Giving the image to the container engine"
      : `Pushing the image to ${pushTo}`;
  },
  after: ["ask-application"],
  async run(context, { signal, progress }) {
    const { ports, found, request } = context;
    const { pushTo } = request.application.build;
    const isNew = await giveToEngine(context, signal);
    if (pushTo === undefined) return isNew ? undefined : { skipped: "the engine has it" };
    const image = known(found, "image");
    const target = nameInRegistry(pushTo.replace(/\/+$/, ""), image);
    await pushImage(image, target, { ports, signal, onProgress: progress });
    return undefined;
  },
};

/** False when the engine has it already. */
async function giveToEngine(
  { ports: { engine }, found }: UpContext,
  signal: AbortSignal,
): Promise<boolean> {
  const { localImage } = found;
  if (localImage === undefined) return false;
  // By what is in it: the engine may count ids in another way, and a name may have been given to another image.
  const there = await engine.inspectImage(localImage.name);
  const layers = localImage.layers.map(({ diffId }) => diffId);
  if (there !== undefined && there.layers.join() === layers.join()) return false;
  await engine.loadImages(dockerArchive(localImage), { signal });
  return true;
}
