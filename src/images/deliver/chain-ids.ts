import { createHash } from "node:crypto";

/**
 * Names of the stacks of layers, bottom first: c0 = d0, ci = sha256("c(i-1) di"). containerd keys its
 * snapshots by them whatever the compression of the blobs, so they say what a node has unpacked.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#layer-chainid
 */
export function chainIdsOf(diffIds: readonly string[]): readonly string[] {
  const chainIds: string[] = [];
  for (const diffId of diffIds) {
    const below = chainIds.at(-1);
    chainIds.push(
      below === undefined
        ? diffId
        : `sha256:${createHash("sha256").update(`${below} ${diffId}`).digest("hex")}`,
    );
  }
  return chainIds;
}

/** The layers (diffIDs) from the first one on whose stack is not among `present`. */
export function missingLayers(
  diffIds: readonly string[],
  present: ReadonlySet<string>,
): readonly string[] {
  const firstMissing = chainIdsOf(diffIds).findIndex((chainId) => !present.has(chainId));
  return firstMissing < 0 ? [] : diffIds.slice(firstMissing);
}
