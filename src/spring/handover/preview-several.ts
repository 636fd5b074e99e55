import type { SpringCluster } from "../cluster-access.ts";
import { previewDependency } from "../dependencies/preview-dependency.ts";
import type { UpPorts } from "../up/up-context.ts";
import { chosenParts, type UpSeveralRequest } from "../up/up-several.ts";
import { previewApplication, type ObjectsPreview } from "./preview-application.ts";

/** What `up` would apply for all that it would bring up, what they depend on among it; nothing is done. */
export async function previewSeveral(
  request: UpSeveralRequest,
  reach: {
    readonly cluster: SpringCluster;
    readonly ports: UpPorts;
    readonly signal: AbortSignal;
  },
): Promise<readonly ObjectsPreview[]> {
  const { settings, dependencies } = request;
  const previews: ObjectsPreview[] = [];
  for (const { application, dependency, fault } of await chosenParts(request, reach.ports)) {
    if (fault !== undefined) throw fault as Error;
    if (dependency !== undefined) previews.push(await previewDependency(dependency, reach.cluster));
    if (application !== undefined) {
      previews.push(await previewApplication({ ...settings, application, dependencies }, reach));
    }
  }
  return previews;
}
