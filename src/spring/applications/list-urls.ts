import type { SpringCluster } from "../cluster-access.ts";
import { findApplication, listApplications, type Application } from "./find-applications.ts";

export interface ApplicationUrl {
  readonly name: string;
  readonly namespace: string;
  /** Undefined: nothing is published, because it listens on no port or is taken away. */
  readonly url?: string;
  readonly ready: number;
  readonly replicas: number;
}

/** Where the applications of a cluster are reached on this machine. */
export async function listUrls(
  cluster: SpringCluster,
  signal: AbortSignal,
): Promise<readonly ApplicationUrl[]> {
  const applications = await listApplications(cluster, { signal });
  return Promise.all(applications.map((application) => withUrl(application, cluster)));
}

/** Throws `application-not-found`, and `application-not-published` when there is nothing to open. */
export async function findUrl(
  cluster: SpringCluster,
  request: { readonly name: string; readonly namespace?: string; readonly signal?: AbortSignal },
): Promise<ApplicationUrl> {
  return withUrl(await findApplication(cluster, request), cluster);
}

async function withUrl(
  { name, namespace, ready, replicas, deployment }: Application,
  cluster: SpringCluster,
): Promise<ApplicationUrl> {
  const url = await cluster.publishedUrl({ name, namespace });
  const isHttps = JSON.stringify(deployment).includes('"scheme":"HTTPS"');
  return {
    ...{ name, namespace, ready, replicas },
    ...(url === undefined ? {} : { url: isHttps ? url.replace(/^http:/, "https:") : url }),
  };
}
