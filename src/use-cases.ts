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

/** The module is imported when its use case is called: a command costs the start-up time of its own part only. */
function lazy<Module, Args extends readonly unknown[], Result>(
  load: () => Promise<Module>,
  choose: (module: Module) => (...args: Args) => Promise<Result> | Result,
): (...args: Args) => Promise<Result> {
  return async (...args) => choose(await load())(...args);
}

/** The same for a use case on a cluster, which a request names. */
function onCluster<Module, Request, Result>(
  load: () => Promise<Module>,
  choose: (module: Module) => (request: Request, reach: Reach) => Promise<Result>,
): (command: ApplicationCommand<Request>, ports: Ports, signal: AbortSignal) => Promise<Result> {
  return async ({ request, ...where }, ports, signal) => {
    const [module, cluster] = await Promise.all([load(), clusterOf(where, ports, signal)]);
    return choose(module)(request, { cluster, ports, signal });
  };
}

export const useCases = {
  loadConfig: lazy(
    () => import("./config/load-config.ts"),
    ({ loadConfig }) => loadConfig,
  ),
  validateConfig: lazy(
    () => import("./cluster/validate-config.ts"),
    ({ validateConfig }) => validateConfig,
  ),
  renderConfig: lazy(
    () => import("./config/render-config.ts"),
    ({ renderConfig }) => renderConfig,
  ),
  renderStarterConfig: lazy(
    () => import("./config/render-config.ts"),
    ({ renderStarterConfig }) => renderStarterConfig,
  ),

  createCluster: lazy(
    () => import("./cluster/create/create-cluster.ts"),
    ({ createCluster }) => createCluster,
  ),
  planCreation: lazy(
    () => import("./cluster/create/create-cluster.ts"),
    ({ planCreation }) => planCreation,
  ),
  deleteCluster: lazy(
    () => import("./cluster/delete-cluster.ts"),
    ({ deleteCluster }) => deleteCluster,
  ),
  deleteClusters: lazy(
    () => import("./cluster/delete-cluster.ts"),
    ({ deleteClusters }) => deleteClusters,
  ),
  listClusters: lazy(
    () => import("./cluster/list-clusters.ts"),
    ({ listClusters }) => listClusters,
  ),
  updateCluster: lazy(
    () => import("./cluster/update-cluster.ts"),
    ({ updateCluster }) => updateCluster,
  ),
  getKubeconfig: lazy(
    () => import("./cluster/get-kubeconfig.ts"),
    ({ getKubeconfig }) => getKubeconfig,
  ),
  runInCluster: lazy(
    () => import("./cluster/run-in-cluster.ts"),
    ({ runInCluster }) => runInCluster,
  ),
  listNodes: lazy(
    () => import("./nodes/list-nodes.ts"),
    ({ listNodes }) => listNodes,
  ),

  buildImage: lazy(
    () => import("./images/build-image.ts"),
    ({ buildImage }) => buildImage,
  ),
  listImagesOnNodes: lazy(
    () => import("./images/list-node-images.ts"),
    ({ listImagesOnNodes }) => listImagesOnNodes,
  ),
  loadAgain: lazy(
    () => import("./images/load-again.ts"),
    ({ loadAgain }) => loadAgain,
  ),
  loadArchives: lazy(
    () => import("./images/load-archive.ts"),
    ({ loadArchives }) => loadArchives,
  ),
  loadImages: lazy(
    () => import("./images/load-images.ts"),
    ({ loadImages }) => loadImages,
  ),
  pruneImages: lazy(
    () => import("./images/prune-images.ts"),
    ({ pruneImages }) => pruneImages,
  ),
  pruneEngineImages: lazy(
    () => import("./components/prune-engine-images.ts"),
    ({ pruneEngineImages }) => pruneEngineImages,
  ),
  prepareComponents: lazy(
    () => import("./components/prepare.ts"),
    ({ prepareComponents }) => prepareComponents,
  ),

  createRegistry: lazy(
    () => import("./registry/create-registry.ts"),
    ({ createRegistry }) => createRegistry,
  ),
  deleteRegistry: lazy(
    () => import("./registry/delete-registry.ts"),
    ({ deleteRegistry }) => deleteRegistry,
  ),
  listRegistries: lazy(
    () => import("./registry/list-registries.ts"),
    ({ listRegistries }) => listRegistries,
  ),
  pruneRegistries: lazy(
    () => import("./registry/prune-registry.ts"),
    ({ pruneRegistries }) => pruneRegistries,
  ),

  /** The applications of a build as `--module` takes them; empty for a folder that is one application itself. */
  listModules: lazy(
    () => import("./spring/detect-project.ts"),
    ({ listModules }) => listModules,
  ),
  /** On the cluster that `create` describes; it is created when there is none. */
  up: onCluster(
    () => import("./spring/up-several.ts"),
    ({ upSeveral }) => upSeveral,
  ),
  /** What `up` would apply; nothing is built, pulled or created. */
  previewUp: onCluster(
    () => import("./spring/handover/preview-several.ts"),
    ({ previewSeveral }) => previewSeveral,
  ),
  exportApplication: onCluster(
    () => import("./spring/handover/export-application.ts"),
    ({ exportApplication }) => exportApplication,
  ),
  down: onCluster(
    () => import("./spring/down-several.ts"),
    ({ downSeveral }) => downSeveral,
  ),
  /** Until the signal aborts. */
  dev: onCluster(
    () => import("./spring/dev/dev.ts"),
    ({ dev }) => dev,
  ),
  showLogs: onCluster(
    () => import("./spring/applications/show-logs.ts"),
    ({ showLogs }) =>
      ({ onLine, ...request }: LogsRequest & { readonly onLine: OnLine }, reach) =>
        showLogs(request, onLine, reach),
  ),
  listUrls: onCluster(
    () => import("./spring/applications/list-urls.ts"),
    ({ listUrls }) =>
      (_all: undefined, { cluster, signal }) =>
        listUrls(cluster, signal),
  ),
  openApplication: onCluster(
    () => import("./spring/applications/open-application.ts"),
    ({ openApplication }) => openApplication,
  ),
  execInApplication: onCluster(
    () => import("./spring/applications/exec-in-application.ts"),
    ({ execInApplication }) => execInApplication,
  ),
  debugApplication: onCluster(
    () => import("./spring/applications/debug-application.ts"),
    ({ debugApplication }) => debugApplication,
  ),
  stopDebugging: onCluster(
    () => import("./spring/applications/debug-application.ts"),
    ({ stopDebugging }) =>
      (application: { readonly name: string; readonly namespace?: string }, { cluster, signal }) =>
        stopDebugging(cluster, { ...application, signal }),
  ),

  examineHost: lazy(
    () => import("./doctor/examine-host.ts"),
    ({ examineHost }) => examineHost,
  ),
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
