import type { HostImage } from "../host-image.ts";

/** A record of containerd's image store: a name and what it points to. */
export interface NodeImage {
  /** A full name; or "sha256:…", the config's digest, in the records that CRI adds for each image. */
  readonly name: string;
  readonly target: string;
  /** The engine's id of the image it was loaded from, where that cannot be told from the image itself. */
  readonly source: string | undefined;
}

/**
 * Label of image records: "ID/TARGET", which image of the host's engine the record was loaded from. It
 * names the record's target too, because CRI keeps labels of others when it points a name to something
 * that it pulled.
 */
export const sourceLabel = "airfield.dev/source";

export function sourceLabelOf(id: string, target: string): string {
  return `${sourceLabel}=${id}/${target}`;
}

/** Label of the records of images that Airfield brought, by which they can be told from the node's own. */
export const loadedLabel = "airfield.dev/loaded";

/** Images live in this containerd namespace, CRI's. */
export const criNamespace = "k8s.io";

/** From `ctr images ls`: REF TYPE DIGEST SIZE PLATFORMS LABELS. */
export function parseImageList(text: string): readonly NodeImage[] {
  return text.split("\n").flatMap((line) => {
    const [, name, target] = /^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\s/.exec(line) ?? [];
    if (name === undefined || target === undefined) return [];
    const label = line.match(`${sourceLabel}=(\\S+?)(?:,|$|\\s)`)?.[1] ?? "";
    return [{ name, target, source: sourceOf(label, target) }];
  });
}

/** The image that the label names, if the record still points to what it did then. */
export function sourceOf(label: string, target: string): string | undefined {
  const [, id, labelled] = /^(sha256:[0-9a-f]{64})\/(sha256:[0-9a-f]{64})$/.exec(label) ?? [];
  return labelled === target ? id : undefined;
}

/** Whether the node has the image under its name. */
export function isPresent(
  image: Pick<HostImage, "name" | "id">,
  records: readonly NodeImage[],
): boolean {
  return records.some((record) => record.name === image.name && isRecordOf(record, image, records));
}

/** Whether `record` is that image: its target, its config (by CRI's record) or our label says so. */
export function isRecordOf(
  record: NodeImage,
  image: Pick<HostImage, "id">,
  records: readonly NodeImage[],
): boolean {
  return (
    record.target === image.id ||
    record.source === image.id ||
    records.some(({ name, target }) => name === image.id && target === record.target)
  );
}
