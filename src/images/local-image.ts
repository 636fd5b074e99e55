import type { Ports } from "../ports/ports.ts";
import { deliverImages, type LoadReport } from "./deliver/deliver-images.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { findNodeNames } from "../nodes/find-nodes.ts";
import { digestOf, manifestOf, type ImageBlob, type OciImage, type OciLayer } from "./oci.ts";
import type { NodeMemory } from "./deliver/node-memory.ts";
import { openAtHand } from "./sources/open-at-hand.ts";
import type { HostImage } from "./host-image.ts";

/** An image whose bytes are at hand: it was assembled here and is in no engine. */
export interface LocalImage {
  /** The full name it gets on the nodes. */
  readonly name: string;
  /** The OCI config, byte for byte: its digest becomes the image's id. */
  readonly config: Uint8Array;
  /** "linux/amd64". */
  readonly platform: string;
  /** Bottom first. */
  readonly layers: readonly LocalLayer[];
}

/** Opened only when some node lacks it; once for each such node. */
export interface LocalLayer extends OciLayer, ImageBlob {}

export interface LoadLocalRequest {
  readonly cluster: string;
  readonly images: readonly LocalImage[];
  /** Names of nodes; all of the cluster's when left out. */
  readonly nodes?: readonly string[];
  /** For images that were just made: nodes that are remembered are not asked. */
  readonly memory?: NodeMemory;
}

/** Brings images that no engine has onto nodes; see `deliverImages`. */
export async function loadLocalImages(
  { images, memory, ...request }: LoadLocalRequest,
  ports: Pick<Ports, "engine" | "clock" | "reporter">,
  signal?: AbortSignal,
): Promise<LoadReport> {
  const startedMs = ports.clock.monotonicMs();
  const nodes = await findNodeNames(request, ports.engine);
  const ociImages = images.map(describe);
  const open = () =>
    Promise.resolve(
      openAtHand(
        "The image",
        ociImages,
        images.flatMap(({ layers }) => layers),
      ),
    );
  return deliverImages(
    {
      ...{ images: ociImages.map(hostImageOf), nodes, startedMs, open },
      ...(memory === undefined ? {} : { memory }),
    },
    ports,
    signal,
  );
}

function describe({ name, config, platform, layers }: LocalImage): OciImage {
  const { full } = parseImageReference(name);
  const digest = digestOf(config);
  return {
    names: [full],
    ids: [digest],
    platform,
    manifest: manifestOf({ digest, sizeBytes: config.byteLength }, layers),
    config: { digest, bytes: config },
    layers,
  };
}

function hostImageOf({
  names: [name = ""],
  ids: [id = ""],
  platform,
  layers,
}: OciImage): HostImage {
  return { ref: name, name, id, platform, layers: layers.map(({ diffId }) => diffId) };
}
