import type { ImageSummary } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { componentNames, type ComponentSettings } from "./component-images.ts";
import { warmImagePrefix, warmImageTag, warmLabel } from "./warm-image.ts";

export interface PrunedEngineImage {
  readonly image: string;
  readonly why: "its node image is gone" | "a newer one is in use" | "a newer one was built";
  /** The image's size; layers that others share stay. */
  readonly bytes: number;
}

/** Label of application images, with the application's name. */
const applicationLabel = "airfield.dev/application";

/**
 * Removes from the engine what Airfield made and will not use again: warm images of node images that are
 * gone, component images of other versions of Airfield, all but the newest image of each application.
 * What a container uses stays.
 */
export async function pruneEngineImages(
  { builtTags, isDryRun }: Pick<ComponentSettings, "builtTags"> & { readonly isDryRun: boolean },
  { engine }: Pick<Ports, "engine">,
): Promise<readonly PrunedEngineImage[]> {
  const [images, containers] = await Promise.all([
    engine.listImages(),
    engine.listContainers({ labels: {} }),
  ]);
  const used = new Set(containers.map(({ image }) => image));
  const pruned: PrunedEngineImage[] = [];
  for (const found of findObsolete(images, builtTags, used)) {
    if (!isDryRun) await engine.removeImage(found.image);
    pruned.push(found);
  }
  return pruned;
}

/** Pure. `used` has names and ids as containers tell them. */
export function findObsolete(
  images: readonly ImageSummary[],
  builtTags: ComponentSettings["builtTags"],
  used: ReadonlySet<string>,
): readonly PrunedEngineImage[] {
  const warm = new Set(images.map(({ id }) => warmImageTag(id)));
  const newest = newestOfApplications(images);
  return images
    .filter(({ id, tags }) => ![id, ...tags].some((name) => used.has(name)))
    .flatMap(({ id, tags, labels, sizeBytes: bytes }) =>
      // The name of a warm image goes over to the one that is made anew.
      (tags.length === 0 && warmLabel in labels ? [id] : tags).flatMap(
        (image): readonly PrunedEngineImage[] => {
          if (image === id) return [{ image, why: "a newer one was built", bytes }];
          if (image.startsWith(warmImagePrefix))
            return warm.has(image) ? [] : [{ image, why: "its node image is gone", bytes }];
          if (isOldComponent(image, builtTags))
            return [{ image, why: "a newer one is in use", bytes }];
          const application = applicationOf(image, labels);
          return application === undefined || newest.get(application) === id
            ? []
            : [{ image, why: "a newer one was built", bytes }];
        },
      ),
    );
}

function isOldComponent(image: string, builtTags: ComponentSettings["builtTags"]): boolean {
  return componentNames.some((name) => {
    const current = builtTags[name];
    return current !== undefined && image.startsWith(`airfield/${name}:`) && image !== current;
  });
}

function newestOfApplications(images: readonly ImageSummary[]): ReadonlyMap<string, string> {
  const newest = new Map<string, string>();
  for (const { id, tags, labels } of images.toSorted((a, b) =>
    a.createdAt < b.createdAt ? -1 : 1,
  )) {
    for (const tag of tags) {
      const application = applicationOf(tag, labels);
      if (application !== undefined) newest.set(application, id);
    }
  }
  return newest;
}

/** By its label; images of Jib and buildpacks have none, but a name that only `up` gives. */
function applicationOf(image: string, labels: ImageSummary["labels"]): string | undefined {
  return labels[applicationLabel] ?? /^airfield\.internal\/([^:]+):/.exec(image)?.[1];
}
