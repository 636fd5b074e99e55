import { writeTar, type TarMember } from "../../formats/write-tar.ts";

/** A file of a layer. Its folders come by themselves. */
export interface LayerFile {
  /** In the image, without a leading "/". */
  readonly path: string;
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly modifiedSeconds: number;
  /** Changes with the content, where that is known without reading it: the checksum in a zip. */
  readonly checksum?: number;
  content(): AsyncIterable<Uint8Array>;
}

/** 1980-01-01 UTC: the earliest date that zip files know, too. Not 0, which some tools take for "no date". */
export const FIXED_SECONDS = 315_532_800;

/**
 * The tar of a layer, as it is read: sorted, with fixed folders, owner and modes, so that the same files give the same
 * bytes, and with them the same digest.
 */
export function layerTar(
  files: readonly LayerFile[],
  { owner }: { readonly owner: number },
): AsyncIterable<Uint8Array> {
  return writeTar(membersOf(files, owner));
}

/** The files with every folder above them, each folder before what is in it. */
function* membersOf(files: readonly LayerFile[], owner: number): Iterable<TarMember> {
  /** Undefined: a folder. */
  const entries = new Map<string, LayerFile | undefined>();
  for (const file of files) {
    const parts = file.path.split("/");
    for (let depth = 1; depth < parts.length; depth += 1)
      entries.set(`${parts.slice(0, depth).join("/")}/`, undefined);
    entries.set(file.path, file);
  }
  // By code unit and not by locale: the order must be the same on every machine.
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, file] of sorted)
    yield file === undefined
      ? { name, sizeBytes: 0, owner, modifiedSeconds: FIXED_SECONDS }
      : {
          name,
          sizeBytes: file.sizeBytes,
          owner,
          modifiedSeconds: file.modifiedSeconds,
          content: file.content(),
        };
}
