import { selectorOf } from "../objects/plan-manifests.ts";
import { toObjects, type ApplicationObjects } from "./rollout-state.ts";
import type { UpContext } from "../up/up-context.ts";

/** Deployment and the newest pods of the application. Throws `cluster-request-failed`. */
export async function readApplication(
  { request, cluster }: Pick<UpContext, "request" | "cluster">,
  name: string,
  signal: AbortSignal,
): Promise<ApplicationObjects> {
  const { namespace } = request.application;
  const kinds = ["Deployment", "ReplicaSet", "Pod"] as const;
  const labels = selectorOf(name);
  return toObjects(await cluster.api.list({ kinds, namespace, labels }, { signal }), name);
}
