import { giveToEngine } from "../../../images/give-to-engine.ts";
import { nameInRegistry, pushImage } from "../../../images/push-image.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { UpContext } from "../up-context.ts";
import type { Answered, UpTask } from "../up-stages.ts";

/** To the local engine and to a registry, where it is wanted; last, so that others get only what has answered. */
export const shareImage: UpTask<Answered, void> = {
  id: "share-image",
  title: ({ request }) => {
    const { pushTo } = request.application.build;
    return pushTo === undefined
      ? "Giving the image to the container engine"
      : `Pushing the image to ${pushTo}`;
  },
  async run(context, { image, localImage }, { signal, progress }) {
    const { ports, request } = context;
    const { pushTo } = request.application.build;
    const isNew = await bringToEngine(context, localImage, signal);
    if (pushTo === undefined) {
      return isNew ? undefined : new Skipped("the engine has it", undefined);
    }
    const target = nameInRegistry(pushTo.replace(/\/+$/, ""), image);
    await pushImage(image, target, { ports, signal, onProgress: progress });
    return undefined;
  },
};

/** False when the engine has it already. */
async function bringToEngine(
  { ports }: UpContext,
  localImage: Answered["localImage"],
  signal: AbortSignal,
): Promise<boolean> {
  if (localImage === undefined) return false;
  // By what is in it: the engine may count ids in another way, and a name may have been given to another image.
  const there = await ports.engine.inspectImage(localImage.name);
  const layers = localImage.layers.map(({ diffId }) => diffId);
  if (there !== undefined && there.layers.join() === layers.join()) return false;
  await giveToEngine(localImage, ports, signal);
  return true;
}
