import type { imageErrors } from "../catalog/images.ts";
import type { Explanation } from "./explanation.ts";

export const imageExplanations = {
  "invalid-image-reference": {
    means: "A word is not an image's name",
    why: "Names follow the rules that registries and container engines share: [HOST[:PORT]/]PATH[:TAG][@DIGEST], with a path in lower case.",
  },
  "image-named-by-id": {
    means: "An image was named by its id",
    why: "Pods name images by repository and tag. An image that was loaded by its id alone could not be named in a manifest.",
  },
  "image-load-failed": {
    means: "Images did not reach all nodes",
    why: "Layers are sent to each node that lacks them, and each node is told apart. Nodes that are not listed have the images.",
  },
  "image-archive-invalid": {
    means: "A file is not an archive of images",
    why: "Archives are what `docker save` writes, or an OCI layout, as a tar file; one of several archives in one file, a damaged or half-written one, or the file system of a container (docker export) is something else.",
  },
  "image-load-timed-out": {
    means: "Not all nodes got the images in time",
    why: "The transfer has a limit (--timeout). What a node has by then, it keeps; what containerd of the slow node said last is shown.",
  },
  "containerd-not-answering": {
    means: "A node's containerd does not answer",
    why: "Images are brought into containerd's store on each node. It is asked again for a minute, because it may just be starting; then its state and its last words are shown.",
  },
  "not-an-image-archive": {
    means: "A file is a Java or zip archive, not an image",
    why: "The first bytes and the names inside tell what a file is, before anything is sent to a node.",
  },
} as const satisfies Record<keyof typeof imageErrors, Explanation>;
