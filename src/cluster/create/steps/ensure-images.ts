import { components, type ComponentName } from "../../../components/component-images.ts";
import { ensureComponentImage } from "../../../components/ensure-component-image.ts";
import { findWarmImage } from "../../../components/warm-image.ts";
import { mayChooseSnapshotter } from "../../../kubernetes/containerd-patches.ts";
import { ToolError } from "../../../errors/tool-error.ts";
import { allDone } from "../../../steps/all-done.ts";
import type { CreationContext } from "../creation-context.ts";
import type { Step, StepControl } from "../../../steps/step.ts";

/** The images that were resolved, by the reference in the plan. */
export type ResolvedImages = Map<string, string>;

export interface EnsureImagesContext extends Pick<
  CreationContext,
  "plan" | "ports" | "components"
> {
  readonly resolved: ResolvedImages;
  /** Node images that could be warm and are not, as found. */
  readonly cold: string[];
}

/** Brings every image of the plan to the engine and refuses those that cannot run here. */
export const ensureImages: Step<EnsureImagesContext> = {
  id: "ensure-images",
  title: () => "Ensuring images",
  after: [],
  async run(context, control) {
    const { plan, ports } = context;
    const { arch } = await ports.engine.info();
    const images = new Map<string, ComponentName>(
      plan.nodes.map(({ container }) => [container.image, "node"]),
    );
    if (plan.registry !== undefined) images.set(plan.registry.container.image, "registry");
    for (const { image } of plan.caches) images.set(image, "registry");
    await allDone(
      [...images].map(async ([image, component]) => {
        const plain = await bring(image, component, context, control);
        await refuseOtherPlatform(plain, arch, context);
        // A warm image is unpacked for overlayfs.
        const canBeWarm = component === "node" && !mayChooseSnapshotter(plan.config);
        const warm =
          canBeWarm && context.components.isWarmAllowed
            ? await findWarmImage(plain, ports)
            : undefined;
        if (canBeWarm && warm === undefined) context.cold.push(plain);
        context.resolved.set(image, warm ?? plain);
      }),
    );
  },
};

async function bring(
  image: string,
  component: ComponentName,
  { ports, components: settings }: EnsureImagesContext,
  { signal, progress, output }: StepControl,
): Promise<string> {
  if ((await ports.engine.inspectImage(image)) !== undefined) return image;
  const options = { signal, onProgress: progress, onOutput: output };
  const isOurs = image === components[component].pinned || image === settings.builtTags[component];
  if (isOurs) return ensureComponentImage(component, settings, ports, options);
  progress(`pulling ${image}`);
  await ports.engine.pullImage(image, options);
  return image;
}

async function refuseOtherPlatform(
  image: string,
  arch: string,
  { ports }: EnsureImagesContext,
): Promise<void> {
  const found = await ports.engine.inspectImage(image);
  if (found === undefined || (found.os === "linux" && found.arch === arch)) return;
  throw new ToolError("image-platform-mismatch", {
    image,
    platform: `${found.os}/${found.arch}`,
    needed: `linux/${arch}`,
  });
}
