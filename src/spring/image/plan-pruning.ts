/** A kept image: when it was last made or looked up, and its layers. */
export interface KeptImage {
  readonly path: string;
  readonly usedMs: number;
  readonly layers: readonly { readonly digest: string; readonly sizeBytes: number }[];
}

export interface KeptBlob {
  readonly name: string;
  readonly modifiedMs: number;
}

export interface StoreContents {
  readonly images: readonly KeptImage[];
  readonly blobs: readonly KeptBlob[];
  /** File name of a layer's blob. */
  blobNameOf(layer: { readonly digest: string }): string;
}

/** Enough for the images of a dozen applications; `dev` makes one for each save, of a few kilobytes. */
const LIMITS = { images: 60, bytes: 2 * 1024 ** 3 };
/** A blob that no image has yet may belong to one that another command is about to save. */
const YOUNG_MS = 60 * 60_000;

/**
 * What to remove of the images that are kept: those used longest ago, until the rest is small and few enough, and the
 * blobs that then belong to none. The one used last stays, however large. Pure.
 */
export function planPruning(
  { images, blobs, blobNameOf }: StoreContents,
  limits: { readonly images: number; readonly bytes: number } = LIMITS,
): { readonly images: readonly string[]; readonly blobs: readonly string[] } {
  const newestFirst = images.toSorted((a, b) => b.usedMs - a.usedMs);
  const kept = new Map<string, number>();
  const removed: string[] = [];
  let bytes = 0;
  for (const [place, { path, layers }] of newestFirst.entries()) {
    const own = new Map(
      layers
        .filter((layer) => !kept.has(blobNameOf(layer)))
        .map((layer) => [blobNameOf(layer), layer.sizeBytes]),
    );
    const ownBytes = [...own.values()].reduce((sum, size) => sum + size, 0);
    const fits = place < limits.images && bytes + ownBytes <= limits.bytes;
    if (place > 0 && !fits) {
      removed.push(path);
      continue;
    }
    bytes += ownBytes;
    for (const [name, size] of own) kept.set(name, size);
  }
  const nowMs = newestFirst[0]?.usedMs ?? 0;
  return {
    images: removed,
    blobs: blobs
      .filter(({ name, modifiedMs }) => !kept.has(name) && modifiedMs < nowMs - YOUNG_MS)
      .map(({ name }) => name),
  };
}
