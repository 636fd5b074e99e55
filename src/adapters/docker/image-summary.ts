import type { ImageSummary } from "../../ports/container-engine.ts";

/** An image in the engine's list: https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Image/operation/ImageList */
export interface ListedImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null | undefined;
  readonly Size: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Created: number;
}

/** None of an image without a name. */
export function imageSummaries({
  Id,
  RepoTags,
  Size,
  Labels,
  Created,
}: ListedImage): readonly ImageSummary[] {
  // "<none>:<none>" is how engines before Docker 25 write that there is no name.
  const tags = (RepoTags ?? []).filter((tag) => !tag.startsWith("<none>"));
  if (tags.length === 0) return [];
  const createdAt = new Date(Created * 1000).toISOString();
  return [{ id: Id, tags, sizeBytes: Size, labels: Labels ?? {}, createdAt }];
}
