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
} as const satisfies Record<keyof typeof imageErrors, Explanation>;
