import { createHash } from "node:crypto";

// https://github.com/opencontainers/image-spec/blob/v1.1.0/ and Docker's older types of the same shape.
export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
} as const;

/** Annotation by which containerd's importer names an image. */
export const imageNameAnnotation = "io.containerd.image.name";

/** A layer or the like, which may be read several times. */
export interface ImageBlob {
  /** Of the bytes as they are stored, compressed or not. */
  readonly digest: string;
  readonly sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** An image for one platform, with where its layers' bytes are known by digest. */
export interface OciImage {
  /** Names and digests that the image goes by where it came from. */
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly platform: string;
  readonly manifest: {
    readonly digest: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  };
  readonly config: { readonly digest: string; readonly bytes: Uint8Array };
  readonly layers: readonly OciLayer[];
}

export interface OciLayer {
  readonly diffId: string;
  /** Of the bytes as they are stored, compressed or not. */
  readonly digest: string;
  /** Says how it is compressed. */
  readonly mediaType: string;
  readonly sizeBytes: number;
}

export function manifestOf(
  config: { readonly digest: string; readonly sizeBytes: number },
  layers: readonly OciLayer[],
): OciImage["manifest"] {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.sizeBytes },
      layers: layers.map(({ digest, mediaType, sizeBytes }) => ({
        mediaType,
        digest,
        size: sizeBytes,
      })),
    }),
  );
  return { digest: digestOf(bytes), mediaType: mediaTypes.ociManifest, bytes };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
