import type { ImageBlob, OciImage } from "../oci.ts";

/** Images on their way out of the engine: blobs as they come, then what they make up. */
export interface ArrivingImages {
  readonly title: string;
  readonly blobs: AsyncIterable<ImageBlob> | Iterable<ImageBlob>;
  readonly images: Promise<readonly OciImage[]>;
  /** Known before the first blob. */
  readonly arrival: Promise<Arrival>;
}

/** How images come. */
export interface Arrival {
  /** Whether the engine's id of each image is the digest of its config or manifest. */
  readonly areIdsKept: boolean;
  /** Whether what they make up is known before the blobs are asked for. */
  readonly areImagesFirst: boolean;
}

/** Images on their way to nodes; disposing of them ends that and frees what they take. */
export interface OpenImages extends ArrivingImages, AsyncDisposable {
  /** Throws what ended the transfer out of the engine early, if anything did. */
  throwIfFailed(): void;
}
