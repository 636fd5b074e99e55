import { ToolError } from "../../errors/tool-error.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { MANAGED_BY } from "../objects/plan-manifests.ts";
import type { KnownKind, KubernetesObject } from "../../ports/cluster-api.ts";

/** An application that `up` or `dev` has brought to the cluster. */
export interface Application {
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly ready: number;
  readonly deployment: KubernetesObject;
}

interface Where {
  /** Undefined: all. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
}

/** Those that run as services. */
export async function listApplications(
  cluster: SpringCluster,
  where: Where,
): Promise<readonly Application[]> {
  return (await listWorkloads(cluster, ["Deployment"], where)).map((deployment) => ({
    ...nameOf(deployment),
    replicas: deployment.spec?.replicas ?? 1,
    ready: deployment.status?.readyReplicas ?? 0,
    deployment,
  }));
}

async function listWorkloads(
  { api }: Pick<SpringCluster, "api">,
  kinds: readonly KnownKind[],
  { namespace, signal }: Where,
): Promise<readonly KubernetesObject[]> {
  const where = namespace === undefined ? {} : { namespace };
  return api.list({ kinds, labels: MANAGED_BY, ...where }, signal === undefined ? {} : { signal });
}

function nameOf({ metadata }: KubernetesObject) {
  return { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "default" };
}

/** Throws `application-not-found`, also when several namespaces have one of this name. */
export async function findApplication(
  cluster: SpringCluster,
  request: Where & { readonly name: string },
): Promise<Application> {
  return theOne(await listApplications(cluster, request), cluster, request);
}

/** The same also of applications that run as jobs. */
export async function findServiceOrJob(
  cluster: SpringCluster,
  request: Where & { readonly name: string },
): Promise<Pick<Application, "name" | "namespace">> {
  const all = await listWorkloads(cluster, ["Deployment", "Job"], request);
  return theOne(all.map(nameOf), cluster, request);
}

function theOne<Found extends Pick<Application, "name" | "namespace">>(
  all: readonly Found[],
  cluster: SpringCluster,
  request: { readonly name: string },
): Found {
  const [found, ...others] = all.filter(({ name }) => name === request.name);
  if (found !== undefined && others.length === 0) return found;
  throw new ToolError("application-not-found", {
    name: request.name,
    cluster: cluster.name,
    namespaces: found === undefined ? [] : [found, ...others].map(({ namespace }) => namespace),
    known: all.map(({ name }) => name),
  });
}
