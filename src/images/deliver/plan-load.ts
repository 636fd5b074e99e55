import { ToolError } from "../../errors/tool-error.ts";
import { missingLayers } from "./chain-ids.ts";
import type { HostImage } from "../host-image.ts";
import type { NodeFacts } from "../node-store/node-facts.ts";
import { isPresent, isRecordOf, type NodeImage } from "../node-store/node-records.ts";

export type ImagePlan =
  /** The node has it under this name. */
  | { readonly image: HostImage; readonly action: "present" }
  /** The node has it under another name. */
  | {
      readonly image: HostImage;
      readonly action: "tag";
      readonly from: string;
      /** Digest that the other record points to. */
      readonly target: string;
    }
  /** The image is sent with those of its layers (diffIDs) that the node lacks; perhaps none. */
  | {
      readonly image: HostImage;
      readonly action: "send";
      readonly missing: readonly string[];
    };

/** What a node lacks of some images. */
export interface LoadPlan {
  readonly node: string;
  readonly snapshotter: string;
  readonly importFlags: readonly string[];
  readonly labelsImports: boolean;
  readonly platform: string;
  readonly images: readonly ImagePlan[];
}

/** What a node needs to have the images. Throws `image-platform-mismatch`. */
export function planLoad(
  node: string,
  images: readonly HostImage[],
  records: readonly NodeImage[],
  { platform, snapshotter, importFlags, labelsImports, chainIds }: NodeFacts,
): LoadPlan {
  for (const image of images)
    if (!runsOn(image.platform, platform))
      throw new ToolError("image-platform-mismatch", {
        image: image.ref,
        platform: image.platform,
        needed: platform,
      });
  return {
    node,
    snapshotter,
    importFlags,
    labelsImports,
    platform,
    images: images.map((image) => planImage(image, records, chainIds)),
  };
}

/** The same with every layer sent, for a node that turned out to lack what it seemed to have. */
export function planFullLoad(plan: LoadPlan): LoadPlan {
  return {
    ...plan,
    images: plan.images.map(({ image, ...rest }) =>
      rest.action === "send"
        ? { image, action: "send", missing: image.layers }
        : { image, ...rest },
    ),
  };
}

/** The layers (diffIDs) that go to the node: several images share them. */
export function layersToSend(plan: LoadPlan): ReadonlySet<string> {
  return new Set(plan.images.flatMap((entry) => (entry.action === "send" ? entry.missing : [])));
}

function planImage(
  image: HostImage,
  records: readonly NodeImage[],
  chainIds: ReadonlySet<string>,
): ImagePlan {
  if (isPresent(image, records)) return { image, action: "present" };
  const same = records.find((record) => isRecordOf(record, image, records));
  if (same !== undefined) return { image, action: "tag", from: same.name, target: same.target };
  return { image, action: "send", missing: missingLayers(image.layers, chainIds) };
}

/** Images made by hand may leave their architecture out; containerd takes those as the node's. */
function runsOn(image: string, node: string): boolean {
  return image === node || image === "linux/";
}
