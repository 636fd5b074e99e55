import { ToolError } from "../../errors/tool-error.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { kubectl } from "../kubectl.ts";
import { MANAGED_BY } from "../plan-manifests.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { toSelector } from "../read-application.ts";

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
  return (await listWorkloads(cluster, "deployments", where)).map((deployment) => ({
    ...nameOf(deployment),
    replicas: deployment.spec?.replicas ?? 1,
    ready: deployment.status?.readyReplicas ?? 0,
    deployment,
  }));
}

async function listWorkloads(
  cluster: SpringCluster,
  kind: "deployments" | "jobs",
  { namespace, signal }: Where,
): Promise<readonly KubernetesObject[]> {
  const where = namespace === undefined ? ["--all-namespaces"] : ["--namespace", namespace];
  const json = await kubectl(
    cluster,
    ["get", kind, ...where, "--selector", toSelector(MANAGED_BY), "--output", "json"],
    signal === undefined ? {} : { signal },
  );
  const { items = [] } = JSON.parse(json) as { readonly items?: readonly KubernetesObject[] };
  return items;
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
  const kinds = ["deployments", "jobs"] as const;
  const all = await Promise.all(kinds.map((kind) => listWorkloads(cluster, kind, request)));
  return theOne(all.flat().map(nameOf), cluster, request);
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
