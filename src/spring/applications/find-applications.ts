import { ToolError } from "../../errors/tool-error.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { kubectl } from "../kubectl.ts";
import { MANAGED_BY } from "../plan-manifests.ts";
import type { KubernetesObject } from "../rollout-state.ts";
import { toSelector } from "../read-application.ts";

/** An application that `up` or `dev` has brought to the cluster. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly ready: number;
  readonly deployment: KubernetesObject;
}

/** @param namespace undefined: all */
export async function listApplications(
  cluster: SpringCluster,
  options: { readonly namespace?: string; readonly signal?: AbortSignal },
): Promise<readonly Application[]> {
  const { namespace, signal } = options;
  const where = namespace === undefined ? ["--all-namespaces"] : ["--namespace", namespace];
  const json = await kubectl(
    cluster,
    ["get", "deployments", ...where, "--selector", toSelector(MANAGED_BY), "--output", "json"],
    signal === undefined ? {} : { signal },
  );
  const { items = [] } = JSON.parse(json) as { readonly items?: readonly KubernetesObject[] };
  return items.map((deployment) => ({
    name: deployment.metadata?.name ?? "",
    namespace: deployment.metadata?.namespace ?? "default",
    replicas: deployment.spec?.replicas ?? 1,
    ready: deployment.status?.readyReplicas ?? 0,
    deployment,
  }));
}

/** Throws `application-not-found`, also when several namespaces have one of this name. */
export async function findApplication(
  cluster: SpringCluster,
  request: { readonly name: string; readonly namespace?: string; readonly signal?: AbortSignal },
): Promise<Application> {
  const all = await listApplications(cluster, request);
  const [found, ...others] = all.filter(({ name }) => name === request.name);
  if (found !== undefined && others.length === 0) return found;
  throw new ToolError("application-not-found", {
    name: request.name,
    cluster: cluster.name,
    namespaces: found === undefined ? [] : [found, ...others].map(({ namespace }) => namespace),
    known: all.map(({ name }) => name),
  });
}
