import { ToolError } from "../../errors/tool-error.ts";
import {
  imageNameAnnotation,
  mediaTypes,
  type ImageBlob,
  type OciImage,
  type OciLayer,
} from "../oci.ts";
import type { HostImage } from "../host-image.ts";
import { layersToSend, type LoadPlan } from "./plan-load.ts";
import type { ArrivingImages } from "./arriving-images.ts";
import type { TarMember } from "../../formats/write-tar.ts";

/**
 * The files of an OCI layout with what the node lacks and nothing else. containerd stores whatever blobs
 * come and looks for those of layers only when it unpacks one it does not have: a layout may leave out
 * all that is unpacked (core/unpack: "already exists", images/archive/importer.go). Only an OCI layout
 * may; in Docker's older format each layer must be there.
 */
export async function* nodeLayout(
  plan: LoadPlan,
  arriving: ArrivingImages,
): AsyncIterable<TarMember> {
  const wanted = layersToSend(plan);
  const stored = new Map<string, ImageBlob>();
  const sent = new Set<string>();
  const fileOf = (blob: ImageBlob): TarMember => {
    sent.add(blob.digest);
    return {
      name: blobName(blob.digest),
      sizeBytes: blob.sizeBytes,
      content: blob.open(),
    };
  };

  for await (const blob of arriving.blobs) {
    const isNew = !stored.has(blob.digest);
    stored.set(blob.digest, blob);
    // An uncompressed layer's digest is its diffID: it can go on before the manifest has come.
    if (isNew && wanted.has(blob.digest)) yield fileOf(blob);
  }

  const images = await arriving.images;
  const manifests: object[] = [];
  for (const entry of plan.images) {
    if (entry.action !== "send") continue;
    const image = findImage(images, entry.image, arriving.title);
    for (const layer of lastLayers(image.layers, entry.missing.length)) {
      if (sent.has(layer.digest)) continue;
      const blob = stored.get(layer.digest);
      if (blob === undefined) throw lacks(arriving.title, `the layer ${layer.digest}`);
      yield fileOf(blob);
    }
    const { manifest, config } = image;
    for (const { digest, bytes } of [config, manifest]) {
      if (sent.has(digest)) continue;
      sent.add(digest);
      yield textFile(blobName(digest), bytes);
    }
    const [os, architecture] = image.platform.split("/");
    manifests.push({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.byteLength,
      platform: { os, architecture },
      annotations: { [imageNameAnnotation]: entry.image.name },
    });
  }
  yield jsonFile("index.json", { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
  yield jsonFile("oci-layout", { imageLayoutVersion: "1.0.0" });
}

/** By what identifies it; by its layers where neither id nor name came along (digest references). */
export function findImage(images: readonly OciImage[], wanted: HostImage, title: string): OciImage {
  const hasItsLayers = (image: OciImage) =>
    image.layers.length === wanted.layers.length &&
    image.layers.every(({ diffId }, i) => diffId === wanted.layers[i]);
  const candidates = images.filter(hasItsLayers);
  const found =
    candidates.find(({ ids }) => ids.includes(wanted.id)) ??
    candidates.find(({ names }) => names.includes(wanted.name)) ??
    (candidates.length === 1 ? candidates[0] : undefined);
  if (found === undefined) throw lacks(title, `the image ${wanted.ref} for ${wanted.platform}`);
  return found;
}

export function lastLayers(layers: readonly OciLayer[], count: number): readonly OciLayer[] {
  return layers.slice(layers.length - count);
}

function lacks(title: string, what: string): ToolError {
  return new ToolError("image-archive-invalid", { archive: title, reason: `it lacks ${what}` });
}

function blobName(digest: string): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}

function jsonFile(name: string, value: unknown): TarMember {
  return textFile(name, Buffer.from(JSON.stringify(value)));
}

function textFile(name: string, bytes: Uint8Array): TarMember {
  return { name, sizeBytes: bytes.byteLength, content: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
