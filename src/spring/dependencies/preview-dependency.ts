import type { DependencyConfig } from "../../config/cluster-config.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { ObjectsPreview } from "../handover/preview-application.ts";
import { dependencyKinds, imageWantedBy } from "./dependency-catalogue.ts";
import { planDependency } from "./plan-dependency.ts";

/** Stands for the credentials, which are random, stay the same, and are nobody's to read on a screen. */
const NOT_SHOWN = "not-shown";

/** What `up` would apply for a dependency, but for its credentials; nothing is pulled, built or created. */
export async function previewDependency(
  config: DependencyConfig,
  cluster: Pick<SpringCluster, "expectedDependencyImage" | "pullableName">,
): Promise<ObjectsPreview> {
  const { name, namespace, type } = config;
  const image = cluster.pullableName(await cluster.expectedDependencyImage(imageWantedBy(config)));
  const username = dependencyKinds[type].username ?? "";
  const objects = planDependency({ config, image, credentials: { username, password: NOT_SHOWN } });
  return { name, namespace, objects };
}
