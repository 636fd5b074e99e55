import type { LocalImage } from "./local-image.ts";
import { digestOf, type ImageBlob } from "./oci.ts";
import { writeTar, type TarMember } from "../formats/write-tar.ts";

/**
 * An image that was assembled here as `docker load` takes it, whatever the engine's version and store. All layers
 * are in it: this older format knows no layers that are there already.
 * https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format
 */
export function dockerArchive(image: LocalImage): AsyncIterable<Uint8Array> {
  return writeTar(filesOf(image));
}

async function* filesOf({ name, config, layers }: LocalImage): AsyncIterable<TarMember> {
  const configName = `${digestOf(config).replace("sha256:", "")}.json`;
  yield bytesFile(configName, config);
  const written = new Set<string>();
  for (const layer of layers) {
    // The same layer may be there twice (an empty one, say); a tar has it once.
    if (!written.has(layer.digest)) yield layerFile(layer);
    written.add(layer.digest);
  }
  const manifest = [{ Config: configName, RepoTags: [name], Layers: layers.map(nameOf) }];
  yield bytesFile("manifest.json", Buffer.from(JSON.stringify(manifest)));
}

function layerFile(layer: ImageBlob): TarMember {
  return { name: nameOf(layer), sizeBytes: layer.sizeBytes, content: layer.open() };
}

function nameOf({ digest }: ImageBlob): string {
  return `${digest.replace("sha256:", "")}.tar`;
}

function bytesFile(name: string, bytes: Uint8Array): TarMember {
  return { name, sizeBytes: bytes.byteLength, content: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}
