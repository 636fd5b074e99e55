import { kubectl } from "./kubectl.ts";
import { selectorOf } from "./plan-manifests.ts";
import { toObjects, type ApplicationObjects } from "./rollout-state.ts";
import { known, type UpContext } from "./up-context.ts";

/** Deployment, Service and the newest pods of the application. */
export async function readApplication(
  { request, cluster, found }: Pick<UpContext, "request" | "cluster" | "found">,
  signal?: AbortSignal,
): Promise<ApplicationObjects> {
  const name = known(found, "name");
  const json = await kubectl(
    cluster,
    [
      "get",
      "deployments,replicasets,pods",
      ...["--namespace", request.application.namespace],
      ...["--selector", toSelector(selectorOf(name))],
      ...["--output", "json"],
    ],
    signal === undefined ? {} : { signal },
  );
  return toObjects(json, name);
}

export function toSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
