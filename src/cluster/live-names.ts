import { contextName } from "../kubernetes/context-name.ts";
import { scanContextServer, scanKubeconfig } from "../kubernetes/scan-kubeconfig.ts";
import { clusterNames, nodesOf } from "../nodes/find-nodes.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";

/** Things that have names which only the engine, a cluster or a kubeconfig know. */
export const nameKinds = ["clusters", "nodes", "applications", "images", "contexts"] as const;
export type NameKind = (typeof nameKinds)[number];

export interface LiveNamesRequest {
  readonly kind: NameKind;
  /** For nodes and applications. */
  readonly cluster: string;
  /** For applications: of this context in place of the cluster's. */
  readonly context?: string;
  readonly kubeconfigs: readonly string[];
}

export interface LiveNamesPorts extends Pick<Ports, "clock"> {
  readonly http: Pick<Ports["http"], "get">;
  readonly engine: Pick<Ports["engine"], "listContainers" | "listImages">;
  readonly files: Pick<Ports["files"], "readText">;
}

/** A person waits for the names with a finger on Tab: what comes later is left out. Of the time since the program's start. */
const API_UNTIL_MS = 85;

/** Names as they are now, for completion. Throws whatever the ports throw. */
export async function liveNames(
  request: LiveNamesRequest,
  ports: LiveNamesPorts,
): Promise<readonly string[]> {
  switch (request.kind) {
    case "clusters":
      return clusterNames(await containers(ports));
    case "nodes":
      return nodesOf(await containers(ports))
        .filter(({ labels }) => labels[label.cluster] === request.cluster)
        .map(({ name }) => name);
    case "applications":
      return applications(request, ports);
    case "images":
      return sorted((await ports.engine.listImages()).flatMap(({ tags }) => tags));
    case "contexts": {
      const texts = await Promise.all(
        request.kubeconfigs.map((path) => ports.files.readText(path)),
      );
      return sorted(
        texts.flatMap((text = "") => scanKubeconfig(text, "contexts").map(({ name }) => name)),
      );
    }
  }
}

function containers({ engine }: LiveNamesPorts) {
  return engine.listContainers({ labels: { [label.cluster]: "" } });
}

/** Those with a published port, which the engine knows, and those with pods, if the API server says so in time. */
async function applications(
  request: LiveNamesRequest,
  ports: LiveNamesPorts,
): Promise<readonly string[]> {
  const asked = withPods(request, ports).catch(() => []);
  const published = request.context === undefined ? await publishedNames(request, ports) : [];
  const leftMs = Math.max(0, API_UNTIL_MS - ports.clock.monotonicMs());
  const running = await Promise.race([asked, ports.clock.sleep(leftMs).then(() => [])]);
  return sorted([...published, ...running]);
}

async function publishedNames(
  { cluster }: LiveNamesRequest,
  ports: LiveNamesPorts,
): Promise<readonly string[]> {
  return (await containers(ports))
    .filter(({ labels }) => labels[label.cluster] === cluster)
    .flatMap(({ labels }) => labels[label.service]?.split("/")[1] ?? []);
}

/** Pods and not Deployments: jobs and dependencies have them, too, and one request tells of all. */
const PODS = "/api/v1/pods?limit=500&labelSelector=app.kubernetes.io%2Fmanaged-by%3Dairfield";
const MOST_BYTES = 8 * 1024 * 1024;

async function withPods(
  { cluster, context = contextName(cluster), kubeconfigs }: LiveNamesRequest,
  { files, http }: LiveNamesPorts,
): Promise<readonly string[]> {
  for (const path of kubeconfigs) {
    const server = scanContextServer((await files.readText(path)) ?? "", context);
    if (server === undefined) continue;
    const answer = await http.get(`${server.url}${PODS}`, {
      ...{ tls: server.tls, timeoutMs: API_UNTIL_MS, maxBodyBytes: MOST_BYTES },
    });
    if (answer?.status !== 200) return [];
    const { items = [] } = JSON.parse(answer.body) as {
      readonly items?: readonly {
        readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      }[];
    };
    return items.flatMap(({ metadata }) => metadata?.labels?.["app.kubernetes.io/name"] ?? []);
  }
  return [];
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
