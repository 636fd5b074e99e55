import {
  componentNames,
  components as pinnedImages,
  type ComponentName,
  type ComponentSettings,
} from "../components/component-images.ts";
import {
  ensureComponentImage,
  expectedComponentImage,
} from "../components/ensure-component-image.ts";
import { ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import type { SpringCluster } from "../spring/cluster-access.ts";

/** Java runtimes for applications, and the images of what they depend on; the same whatever the cluster. */
export function jreImages(
  components: ComponentSettings,
  ports: Pick<Ports, "engine" | "commands" | "files">,
): Pick<
  SpringCluster,
  | "jreImage"
  | "expectedJreImage"
  | "dependencyImage"
  | "expectedDependencyImage"
  | "publicDependencyImage"
> {
  return {
    publicDependencyImage: (type) => pinnedImages[type].pinned,

    async jreImage(javaVersion, options = {}) {
      return ensureComponentImage(jreFor(javaVersion), components, ports, options);
    },
    async expectedJreImage(javaVersion) {
      return expectedComponentImage(jreFor(javaVersion), components, ports);
    },
    async expectedDependencyImage({ type, image }) {
      return image ?? expectedComponentImage(type, components, ports);
    },
    async dependencyImage({ type, image }, options = {}) {
      if (image === undefined) return ensureComponentImage(type, components, ports, options);
      if ((await ports.engine.inspectImage(image)) === undefined) {
        options.onProgress?.(`pulling ${image}`);
        await ports.engine.pullImage(image, options);
      }
      return image;
    },
  };
}

/** The smallest runtime we have that runs classes of this Java version. */
function jreFor(javaVersion: number): ComponentName {
  const runtime = componentNames
    .filter((component) => component.startsWith("jre-"))
    .find((component) => Number(component.slice("jre-".length)) >= javaVersion);
  if (runtime !== undefined) return runtime;
  throw new ToolError("component-image-unavailable", {
    component: `Java ${javaVersion} runtime`,
    tried: "this version of Airfield has none as new as that",
  });
}
