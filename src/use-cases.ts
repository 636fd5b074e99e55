import type { ClusterContext } from "./cluster/context-cluster.ts";
import type { CreateClusterRequest } from "./cluster/create/create-cluster.ts";
import type { Ports } from "./ports/ports.ts";
import type { LogsRequest } from "./spring/applications/show-logs.ts";
import type { SpringCluster } from "./spring/cluster-access.ts";

/** What the commands can have done; tests give their own. */
export type UseCases = typeof useCases;

/** An application's command: on the cluster of `target`, else on the one that `create` describes. */
interface ApplicationCommand<Request> {
  readonly create: CreateClusterRequest;
  readonly target?: ClusterContext | undefined;
  readonly request: Request;
}

/** What a use case on applications reaches. */
interface Reach {
  readonly cluster: SpringCluster;
  readonly ports: Ports;
  readonly signal: AbortSignal;
}

/** It is imported when it is called: a command costs the start-up time of its own part only. */
function lazy<Args extends readonly unknown[], Result>(
  load: () => Promise<(...args: Args) => Promise<Result> | Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => (await load())(...args);
}

/** The same for a use case on applications of a cluster. */
function onCluster<Request, Result>(
  load: () => Promise<(request: Request, reach: Reach) => Promise<Result>>,
): (command: ApplicationCommand<Request>, ports: Ports, signal: AbortSignal) => Promise<Result> {
  return async ({ request, ...where }, ports, signal) => {
    const [work, cluster] = await Promise.all([load(), clusterOf(where, ports, signal)]);
    return work(request, { cluster, ports, signal });
  };
}

export const useCases = {
  loadConfig: lazy(async () => (await import("./config/load-config.ts")).loadConfig),
  validateConfig: lazy(async () => (await import("./cluster/validate-config.ts")).validateConfig),
  renderConfig: lazy(async () => (await import("./config/render-config.ts")).renderConfig),
  renderStarterConfig: lazy(
    async () => (await import("./config/render-config.ts")).renderStarterConfig,
  ),

  createCluster: lazy(
    async () => (await import("./cluster/create/create-cluster.ts")).createCluster,
  ),
  planCreation: lazy(async () => (await import("./cluster/create/create-cluster.ts")).planCreation),
  deleteCluster: lazy(async () => (await import("./cluster/delete-cluster.ts")).deleteCluster),
  deleteClusters: lazy(async () => (await import("./cluster/delete-cluster.ts")).deleteClusters),
  listClusters: lazy(async () => (await import("./cluster/list-clusters.ts")).listClusters),
  updateCluster: lazy(async () => (await import("./cluster/update-cluster.ts")).updateCluster),
  getKubeconfig: lazy(async () => (await import("./cluster/get-kubeconfig.ts")).getKubeconfig),
  runInCluster: lazy(async () => (await import("./cluster/run-in-cluster.ts")).runInCluster),
  listNodes: lazy(async () => (await import("./nodes/list-nodes.ts")).listNodes),

  /** What `airfield ui` shows at first. */
  readHome: async (
    request: { readonly cluster: string | undefined },
    ports: Ports,
    signal: AbortSignal,
  ) => {
    const [{ readHome }, { clusterApiOf }] = await Promise.all([
      import("./console/once/read-home.ts"),
      import("./cluster/cluster-api-of.ts"),
    ]);
    return readHome(request, { ports, signal, clusterApi: (name) => clusterApiOf(name, ports) });
  },

  buildImage: lazy(async () => (await import("./images/build-image.ts")).buildImage),
  listImagesOnNodes: lazy(
    async () => (await import("./images/list-node-images.ts")).listImagesOnNodes,
  ),
  loadAgain: lazy(async () => (await import("./images/load-again.ts")).loadAgain),
  loadArchives: lazy(async () => (await import("./images/load-archive.ts")).loadArchives),
  loadImages: lazy(async () => (await import("./images/load-images.ts")).loadImages),
  pruneImages: lazy(async () => (await import("./images/prune-images.ts")).pruneImages),
  pruneEngineImages: lazy(
    async () => (await import("./components/prune-engine-images.ts")).pruneEngineImages,
  ),
  prepareComponents: lazy(async () => (await import("./components/prepare.ts")).prepareComponents),

  createRegistry: lazy(async () => (await import("./registry/create-registry.ts")).createRegistry),
  deleteRegistry: lazy(async () => (await import("./registry/delete-registry.ts")).deleteRegistry),
  listRegistries: lazy(async () => (await import("./registry/list-registries.ts")).listRegistries),
  pruneRegistries: lazy(async () => (await import("./registry/prune-registry.ts")).pruneRegistries),

  /** The applications of a build as `--module` takes them; empty for a folder that is one application itself. */
  listModules: lazy(async () => (await import("./spring/project/detect-project.ts")).listModules),
  /** On the cluster that `create` describes; it is created when there is none. */
  up: onCluster(async () => (await import("./spring/up/up-several.ts")).upSeveral),
  /** What `up` would apply; nothing is built, pulled or created. */
  previewUp: onCluster(
    async () => (await import("./spring/handover/preview-several.ts")).previewSeveral,
  ),
  exportApplication: onCluster(
    async () => (await import("./spring/handover/export-application.ts")).exportApplication,
  ),
  down: onCluster(async () => (await import("./spring/down/down-several.ts")).downSeveral),
  /** Until the signal aborts. */
  dev: onCluster(async () => (await import("./spring/dev/dev.ts")).dev),
  showLogs: onCluster(async () => {
    const { showLogs } = await import("./spring/applications/show-logs.ts");
    return ({ onLine, ...request }: LogsRequest & { readonly onLine: OnLine }, reach) =>
      showLogs(request, onLine, reach);
  }),
  listUrls: onCluster(async () => {
    const { listUrls } = await import("./spring/applications/list-urls.ts");
    return (_all: undefined, { cluster, signal }) => listUrls(cluster, signal);
  }),
  openApplication: onCluster(
    async () => (await import("./spring/applications/open-application.ts")).openApplication,
  ),
  execInApplication: onCluster(
    async () => (await import("./spring/applications/exec-in-application.ts")).execInApplication,
  ),
  debugApplication: onCluster(
    async () => (await import("./spring/applications/debug-application.ts")).debugApplication,
  ),
  stopDebugging: onCluster(async () => {
    const { stopDebugging } = await import("./spring/applications/debug-application.ts");
    return (
      application: { readonly name: string; readonly namespace?: string },
      { cluster, signal },
    ) => stopDebugging(cluster, { ...application, signal });
  }),

  examineHost: lazy(async () => (await import("./doctor/examine-host.ts")).examineHost),
};

type OnLine = (line: { readonly pod: string; readonly line: string }) => void;

/** A cluster as the commands on applications see it. */
async function clusterOf(
  { create, target }: Omit<ApplicationCommand<never>, "request">,
  ports: Ports,
  signal: AbortSignal,
): Promise<SpringCluster> {
  if (target !== undefined) {
    const { contextCluster } = await import("./cluster/context-cluster.ts");
    return contextCluster(target, create.components, ports);
  }
  const { applicationCluster } = await import("./cluster/application-cluster.ts");
  return applicationCluster(create, ports, signal);
}
