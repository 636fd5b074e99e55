import type { ComponentSettings } from "../../components/component-images.ts";
import type { ClusterConfig, ClusterOrigin } from "../../config/cluster-config.ts";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import { warningOf } from "../../errors/warning-of.ts";
import { label } from "../../nodes/labels.ts";
import { readRegistryAccess } from "../../registry/access/read-registry-access.ts";
import { removeRegistriesNetworkIfUnused } from "../../registry/registries-network.ts";
import type { RegistryAccess } from "../../registry/access/registry-access.ts";
import type { CreationContext, CreationPorts } from "./creation-context.ts";
import { withinLimit } from "./creation-limit.ts";
import { creationSteps } from "./creation-steps.ts";
import { gatherFacts } from "./gather-facts.ts";
import {
  clusterRegistry,
  planCluster,
  refuseSeveralControlPlanes,
  useImages,
  type ClusterPlan,
} from "./plan-cluster.ts";
import { removeClusterFromKubeconfig } from "../remove-cluster-from-kubeconfig.ts";
import { removeObjects } from "../remove-objects.ts";
import { applyingSteps, runSteps } from "../../steps/run-steps.ts";
import { undoing } from "../../steps/undoing.ts";
import { ensureImages, type ResolvedImages } from "./steps/ensure-images.ts";

export interface CreateClusterRequest {
  readonly config: ClusterConfig;
  /** Of the file that it is from. */
  readonly origin?: ClusterOrigin;
  /**
   * How long the creation may take once its images are there, until all nodes are Ready and DNS answers. 0: these two
   * are not waited for.
   */
  readonly waitMs: number;
  /** Keep what was made when the creation fails. */
  readonly retain: boolean;
  /** etcd in memory and without waiting for the disk: for clusters that need not outlive a restart. */
  readonly isEphemeral: boolean;
  readonly kubeconfigPath: string;
  /** Node image of --image or AIRFIELD_NODE_IMAGE; the component image otherwise. */
  readonly image?: string;
  readonly components: ComponentSettings;
}

export interface ClusterInfo {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly nodes: readonly string[];
  readonly server: string;
  /** "localhost:5001", or undefined when the cluster has no registry. */
  readonly registry?: string;
  readonly kubeconfigPath: string;
  readonly contextName: string;
  readonly ms: number;
}

/** Two commands may choose the same subnet at the same moment; then one plans again. */
const planningAttempts = 4;

/** What a creation would make. Changes nothing. */
export async function planCreation(
  request: CreateClusterRequest,
  ports: CreationPorts,
): Promise<ClusterPlan> {
  refuseSeveralControlPlanes(request.config);
  await readRegistryAccess(request.config, ports);
  return planCluster(request, await gatherFacts(request, ports));
}

/**
 * Creates a cluster; when that fails or is cancelled, nothing is left of it (unless `retain`).
 *
 * @throws ToolError of every step's catalogue entries; `cancelled` when the signal aborts
 */
export async function createCluster(
  request: CreateClusterRequest,
  ports: CreationPorts,
  signal: AbortSignal,
): Promise<ClusterInfo> {
  const startedMs = ports.clock.monotonicMs();
  const { name } = request.config;
  refuseSeveralControlPlanes(request.config);
  const access = await readRegistryAccess(request.config, ports);
  if (access.proxy?.isFromHost === true) tellOfProxy(ports);
  tellOfDoubts(request, ports);
  for (let attempt = 1; ; attempt++) {
    const planned = planCluster(request, await gatherFacts(request, ports));
    signal.throwIfAborted();
    if (attempt === 1) tellOfSteps(newContext(planned, { request, access }, ports));
    try {
      const { plan, cold } = await withImages(planned, request, ports, signal);
      const context = newContext(plan, { request, access }, ports);
      await createAsPlanned(context, request, signal);
      const cluster = finish(context, startedMs);
      await warmForNextTime(cold, request.components, ports);
      return cluster;
    } catch (error) {
      const isSubnetRace =
        isToolError(error, "subnet-taken") && request.config.networking.nodeSubnet === undefined;
      if (isSubnetRace && attempt < planningAttempts) continue;
      throw isNameRace(error, planned)
        ? new ToolError("cluster-being-created", { name }, { cause: error })
        : error;
    }
  }
}

/** Getting the images is one more step, before those of the plan. */
function tellOfSteps(context: CreationContext): void {
  const { plan, ports } = context;
  ports.reporter.report({
    type: "run-started",
    title: `Creating cluster "${plan.name}"`,
    steps: applyingSteps(creationSteps, context).length + 1,
  });
}

async function withImages(
  plan: ClusterPlan,
  request: CreateClusterRequest,
  ports: CreationPorts,
  signal: AbortSignal,
): Promise<{ readonly plan: ClusterPlan; readonly cold: readonly string[] }> {
  const resolved: ResolvedImages = new Map();
  const cold: string[] = [];
  await runSteps(
    [ensureImages],
    { plan, ports, components: request.components, resolved, cold },
    { ...ports, signal },
  );
  return { plan: useImages(plan, resolved), cold };
}

/** Makes warm images in the background: fifteen seconds that this creation need not wait for. */
async function warmForNextTime(
  images: readonly string[],
  { isWarmAllowed, ownCommand }: ComponentSettings,
  { commands }: CreationPorts,
): Promise<void> {
  if (!isWarmAllowed) return;
  for (const image of images)
    await commands.startDetached([...ownCommand, "prepare", "--node-image", image]);
}

/** kind takes it over too; whoever does not expect it would look for it long. */
function tellOfProxy({ reporter }: Pick<CreationPorts, "reporter">): void {
  reporter.report(warningOf("proxy-taken-over", {}));
}

function tellOfDoubts(
  { origin }: CreateClusterRequest,
  { reporter }: Pick<CreationPorts, "reporter">,
): void {
  for (const { line, message, hint } of origin?.doubts ?? [])
    reporter.report(
      warningOf("config-taken-literally", {
        place: `${origin?.file}:${line}`,
        reason: message,
        remedy: hint,
      }),
    );
}

function newContext(
  plan: ClusterPlan,
  { request, access }: { readonly request: CreateClusterRequest; readonly access: RegistryAccess },
  ports: CreationPorts,
): CreationContext {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  return {
    plan,
    ports,
    components: request.components,
    access,
    ...(request.origin === undefined ? {} : { origin: request.origin }),
    bootstrapToken: `${ports.random.string(6, alphabet)}.${ports.random.string(16, alphabet)}`,
    found: {
      kubernetesVersion: "",
      consoles: new Map(),
      awaited: new Set(),
      certificateAuthority: "",
      registryHostPort: plan.registry?.hostPort ?? 0,
      apiServerHostPort: 0,
      isKubeconfigWritten: false,
    },
  };
}

async function createAsPlanned(
  context: CreationContext,
  request: CreateClusterRequest,
  signal: AbortSignal,
): Promise<void> {
  const { plan, ports, found } = context;
  await undoing(
    async () => {
      try {
        await withinLimit(context, signal, (limited) =>
          runSteps(creationSteps, context, { ...ports, ...limited }),
        );
      } finally {
        for (const console of found.consoles.values()) console.close();
      }
    },
    {
      retain: request.retain,
      removeCommand: `airfield delete cluster ${plan.name}`,
      async undo() {
        if (found.isKubeconfigWritten)
          await removeClusterFromKubeconfig(plan.name, [plan.kubeconfigPath], ports);
        const creation = { [label.creation]: plan.creation };
        const { leftovers } = await removeObjects(creation, ports);
        if (plan.caches.length > 0) await removeRegistriesNetworkIfUnused(ports);
        return leftovers;
      },
    },
    ports,
  );
}

/** Names of networks and containers are unique, so of two creations of one name exactly one gets them. */
function isNameRace(error: unknown, { nodes }: ClusterPlan): boolean {
  const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return failures.some(
    (failure) =>
      isToolError(failure, "network-name-taken") ||
      (isToolError(failure, "container-name-taken") &&
        nodes.some(({ name }) => name === failure.facts.container)),
  );
}

function finish({ plan, ports, found }: CreationContext, startedMs: number): ClusterInfo {
  const ms = Math.round(ports.clock.monotonicMs() - startedMs);
  ports.reporter.report({
    type: "run-finished",
    summary: `Cluster "${plan.name}" is ready after ${(ms / 1000).toFixed(1)} s.`,
    ms,
  });
  const registry = clusterRegistry(plan, found.registryHostPort);
  return {
    name: plan.name,
    kubernetesVersion: found.kubernetesVersion,
    nodes: plan.nodes.map(({ name }) => name),
    server: `https://${plan.config.networking.apiServerAddress}:${found.apiServerHostPort}`,
    ...(registry === undefined ? {} : { registry: registry.name }),
    kubeconfigPath: plan.kubeconfigPath,
    contextName: plan.contextName,
    ms,
  };
}
