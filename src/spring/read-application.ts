import { selectorOf } from "./plan-manifests.ts";
import { toObjects, type ApplicationObjects } from "./rollout-state.ts";
import { known, type UpContext } from "./up-context.ts";

/** Deployment and the newest pods of the application. Throws `cluster-request-failed`. */
export async function readApplication(
  { request, cluster, found }: Pick<UpContext, "request" | "cluster" | "found">,
  signal: AbortSignal,
): Promise<ApplicationObjects> {
  const name = known(found, "name");
  const { namespace } = request.application;
  const kinds = ["Deployment", "ReplicaSet", "Pod"] as const;
  const labels = selectorOf(name);
  return toObjects(await cluster.api.list({ kinds, namespace, labels }, { signal }), name);
}
