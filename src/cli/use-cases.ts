import type { ClusterContext } from "../cluster/context-cluster.ts";
import type { ClusterInfo, CreateClusterRequest } from "../cluster/create-cluster.ts";
import type { DeletedCluster } from "../cluster/delete-cluster.ts";
import type { ClusterSummary } from "../cluster/list-clusters.ts";
import type { ClusterPlan } from "../cluster/plan-cluster.ts";
import type { ComponentName, ComponentSettings } from "../components/component-images.ts";
import type { PrunedEngineImage } from "../components/prune-engine-images.ts";
import type { PreparedComponent } from "../components/prepare.ts";
import type { UpdateClusterRequest, UpdatedCluster } from "../cluster/update-cluster.ts";
import type { RunInClusterRequest } from "../cluster/run-in-cluster.ts";
import type { AirfieldConfig } from "../config/cluster-config.ts";
import type { ConfigText } from "../config/load-config.ts";
import type { BuildImageRequest } from "../images/build-image.ts";
import type { LoadReport } from "../images/deliver/deliver-images.ts";
import type { LoadArchiveRequest } from "../images/load-archive.ts";
import type { ImageOnNode } from "../images/list-node-images.ts";
import type { PruneReport, PruneRequest } from "../images/prune-images.ts";
import type { LoadRequest } from "../images/load-images.ts";
import type { DoctorReport } from "../doctor/doctor-report.ts";
import type { NodeSummary } from "../nodes/list-nodes.ts";
import type { Ports } from "../ports/ports.ts";
import type { CreatedRegistry, CreateRegistryRequest } from "../registry/create-registry.ts";
import type { DeletedRegistry, DeleteRegistryRequest } from "../registry/delete-registry.ts";
import type { RegistrySummary } from "../registry/list-registries.ts";
import type { PrunedRegistry, PruneRegistriesRequest } from "../registry/prune-registry.ts";
import type { DebugRequest, DebugResult } from "../spring/applications/debug-application.ts";
import type { ExecRequest } from "../spring/applications/exec-in-application.ts";
import type { ApplicationUrl } from "../spring/applications/list-urls.ts";
import type { OpenRequest } from "../spring/applications/open-application.ts";
import type { LogsRequest } from "../spring/applications/show-logs.ts";
import type { DevRequest, DevResult } from "../spring/dev/dev.ts";
import type { DownResult } from "../spring/down.ts";
import type { DownSeveralRequest } from "../spring/down-several.ts";
import type { Exported, ExportRequest } from "../spring/handover/export-application.ts";
import type { ObjectsPreview } from "../spring/handover/preview-application.ts";
import type { UpSeveralRequest, UpSeveralResult } from "../spring/up-several.ts";

/** An application's command: on the cluster of `target`, else on the one that `create` describes. */
interface ApplicationCommand<Request> {
  readonly create: CreateClusterRequest;
  readonly target?: ClusterContext | undefined;
  readonly request: Request;
}

/**
 * What the commands can have done. main.ts imports each one when it is called, so that a command
 * costs the start-up time of its own part only.
 */
export interface UseCases {
  loadConfig(source: ConfigText): Promise<AirfieldConfig>;
  /** Throws `invalid-config`, also for what the config names and the host does not have. */
  validateConfig(source: ConfigText, ports: Ports): Promise<void>;
  renderConfig(config: AirfieldConfig): Promise<string>;
  renderStarterConfig(options: {
    readonly name?: string;
    readonly applicationPath?: string;
  }): Promise<string>;

  createCluster(
    request: CreateClusterRequest,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<ClusterInfo>;
  planCreation(request: CreateClusterRequest, ports: Ports): Promise<ClusterPlan>;
  deleteCluster(
    request: { readonly name: string; readonly kubeconfigPath: string },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<DeletedCluster>;
  deleteClusters(
    request: { readonly names: readonly string[] | "all"; readonly kubeconfigPath: string },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly DeletedCluster[]>;
  listClusters(ports: Ports): Promise<readonly ClusterSummary[]>;
  listNodes(request: { readonly name?: string }, ports: Ports): Promise<readonly NodeSummary[]>;
  getKubeconfig(
    request: { readonly name: string; readonly internal: boolean },
    ports: Ports,
  ): Promise<string>;
  runInCluster(request: RunInClusterRequest, ports: Ports, signal: AbortSignal): Promise<number>;

  buildImage(request: BuildImageRequest, ports: Ports, signal: AbortSignal): Promise<LoadReport>;
  listImagesOnNodes(
    request: { readonly cluster: string; readonly nodes?: readonly string[] },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly ImageOnNode[]>;
  pruneImages(request: PruneRequest, ports: Ports, signal: AbortSignal): Promise<PruneReport>;
  pruneEngineImages(
    request: Pick<ComponentSettings, "builtTags"> & { readonly isDryRun: boolean },
    ports: Ports,
  ): Promise<readonly PrunedEngineImage[]>;
  loadArchives(request: LoadArchiveRequest, ports: Ports, signal: AbortSignal): Promise<LoadReport>;
  updateCluster(
    request: UpdateClusterRequest,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<UpdatedCluster>;

  createRegistry(
    request: CreateRegistryRequest,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<CreatedRegistry>;
  deleteRegistry(request: DeleteRegistryRequest, ports: Ports): Promise<DeletedRegistry>;
  listRegistries(
    request: { readonly name?: string },
    ports: Ports,
  ): Promise<readonly RegistrySummary[]>;
  pruneRegistries(
    request: PruneRegistriesRequest,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly PrunedRegistry[]>;

  loadAgain(
    request: { readonly cluster: string; readonly nodes?: readonly string[] },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<LoadReport>;
  loadImages(request: LoadRequest, ports: Ports, signal: AbortSignal): Promise<LoadReport>;

  /** The applications of a build as `--module` takes them; empty for a folder that is one application itself. */
  listModules(dir: string, ports: Ports): Promise<readonly string[]>;
  /** On the cluster that `create` describes; it is created when there is none. */
  up(
    command: ApplicationCommand<UpSeveralRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<UpSeveralResult>;
  /** What `up` would apply; nothing is built, pulled or created. */
  previewUp(
    command: ApplicationCommand<UpSeveralRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly ObjectsPreview[]>;
  exportApplication(
    command: { readonly create: CreateClusterRequest; readonly request: ExportRequest },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<Exported>;
  down(
    command: ApplicationCommand<DownSeveralRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly DownResult[]>;

  /** Until `signal` aborts. */
  dev(
    command: { readonly create: CreateClusterRequest; readonly request: DevRequest },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<DevResult>;

  /** Applications by name, on the cluster that `create` names. */
  showLogs(
    command: OnCluster<LogsRequest> & {
      readonly onLine: (line: { readonly pod: string; readonly line: string }) => void;
    },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<void>;
  listUrls(
    command: Pick<OnCluster<never>, "create">,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly ApplicationUrl[]>;
  openApplication(
    command: OnCluster<OpenRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<{ readonly url: string; readonly isOpened: boolean }>;
  execInApplication(
    command: OnCluster<ExecRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<number>;
  debugApplication(
    command: OnCluster<DebugRequest>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<DebugResult>;
  stopDebugging(
    command: OnCluster<{ readonly name: string; readonly namespace?: string }>,
    ports: Ports,
    signal: AbortSignal,
  ): Promise<boolean>;

  prepareComponents(
    request: {
      readonly settings: ComponentSettings;
      readonly components: readonly ComponentName[];
      readonly nodeImage?: string;
    },
    ports: Ports,
    signal: AbortSignal,
  ): Promise<readonly PreparedComponent[]>;

  examineHost(ports: Ports): Promise<DoctorReport>;
}

/** A request, and the cluster it is for. */
interface OnCluster<Request> {
  readonly create: CreateClusterRequest;
  readonly request: Request;
}
