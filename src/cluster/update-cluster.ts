import type { ComponentSettings } from "../components/component-images.ts";
import { ensureComponentImage } from "../components/ensure-component-image.ts";
import type { ClusterConfig } from "../config/cluster-config.ts";
import { defaultConfig } from "../config/default-config.ts";
import { ToolError } from "../errors/tool-error.ts";
import { readTrouble } from "../nodes/bootstrap/component-logs.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";
import { ensureCache } from "../registry/ensure-cache.ts";
import { findRegistries } from "../registry/find-registries.ts";
import { planCache, type CachePlan } from "../registry/plan-cache.ts";
import {
  applyNodeFiles,
  type NodeChange,
  planNodeChange,
  readNodeFiles,
} from "../registry/access/node-change.ts";
import { planNodeFiles } from "../registry/access/plan-node-files.ts";
import { registryReference } from "../registry/plan-registry.ts";
import { hostsOfPatches, readRegistryAccess } from "../registry/access/read-registry-access.ts";
import type { RegistryAccess } from "../registry/access/registry-access.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { allDone } from "../steps/all-done.ts";
import { configPath } from "../nodes/bootstrap/bootstrap-files.ts";
import { unchangeableDifferences } from "./differences.ts";
import { findCluster, type FoundCluster } from "./find-cluster.ts";
import { directlyReached } from "./create/plan-cluster.ts";
import { defineSteps } from "../steps/define-steps.ts";
import { runSteps } from "../steps/run-steps.ts";
import type { Step } from "../steps/step.ts";
import { withDeadline } from "../steps/wait-until.ts";

export interface UpdateClusterRequest {
  readonly config: ClusterConfig;
  readonly components: ComponentSettings;
  readonly timeoutMs: number;
}

export interface UpdatedCluster {
  readonly name: string;
  /** Of registries that now have a cache, or another one than before. */
  readonly cachesStarted: readonly string[];
  readonly cachesDisconnected: readonly string[];
  readonly nodes: readonly NodeUpdate[];
}

export interface NodeUpdate extends NodeChange {
  readonly node: string;
}

type UpdatePorts = Pick<Ports, "engine" | "files" | "host" | "clock" | "reporter" | "commands">;

/**
 * Gives a cluster that runs the registries, caches, logins, certificates and proxies of a config. Done twice, it
 * changes nothing the second time; after a failure, the same command goes on where it stopped.
 *
 * @throws ToolError `update-timed-out`, `cluster-not-found`, `nodes-not-running`, `config-not-applicable`, and those of readRegistryAccess
 */
export async function updateCluster(
  request: UpdateClusterRequest,
  ports: UpdatePorts,
  signal: AbortSignal,
): Promise<UpdatedCluster> {
  const { config } = request;
  const { clock, reporter } = ports;
  const startedMs = clock.monotonicMs();
  const noPatches = { containerdConfigPatches: [], containerdConfigPatchesJSON6902: [] };
  const wanted = await readRegistryAccess({ ...config, ...noPatches }, ports);
  const facts = await gatherUpdateFacts(config, ports);
  // Patches stay those that the cluster was made with, and so do the registries that they describe.
  const access = {
    ...wanted,
    hosts: [...wanted.hosts, ...hostsOfPatches(facts.current ?? config)],
  };
  const context: UpdateContext = {
    request,
    ports,
    access,
    facts,
    found: { caches: [], cachesStarted: [], cachesDisconnected: [], nodes: [], waiting: new Set() },
  };
  reporter.report({
    type: "run-started",
    title: `Updating cluster "${config.name}"`,
    steps: updateSteps.length,
  });
  await withDeadline((until) => runSteps(updateSteps, context, { ...ports, signal: until }), {
    ...{ clock, signal, withinMs: request.timeoutMs },
    async onDeadline() {
      const nodes = [...context.found.waiting];
      const [node] = nodes;
      return new ToolError("update-timed-out", {
        ...{ name: config.name, waited: formatDuration(request.timeoutMs), nodes },
        details: node === undefined ? "" : await readTrouble(node, ports),
      });
    },
  });
  const { found } = context;
  const changed = found.nodes.filter((node) => node.written.length + node.removed.length > 0);
  reporter.report({
    type: "run-finished",
    summary:
      changed.length === 0
        ? `Cluster "${config.name}" is as the config says; no node had to change.`
        : `Cluster "${config.name}" is up to date; ${changed.length} of ${found.nodes.length} nodes changed.`,
    ms: Math.round(clock.monotonicMs() - startedMs),
  });
  const { cachesStarted, cachesDisconnected, nodes } = found;
  return { name: config.name, cachesStarted, cachesDisconnected, nodes };
}

interface UpdateFacts {
  readonly cluster: FoundCluster;
  readonly network: { readonly name: string; readonly subnet: string };
  /** The config that the cluster has now; absent in one that was made before Airfield wrote it down. */
  readonly current?: ClusterConfig;
  /** Container and port of the registry that `localhost:PORT` means. */
  readonly registry?: { readonly container: string; readonly hostPort: number };
  /** Caches that are on the cluster's network. */
  readonly caches: readonly { readonly host: string; readonly container: string }[];
}

interface UpdateContext {
  readonly request: UpdateClusterRequest;
  readonly ports: UpdatePorts;
  readonly access: RegistryAccess;
  readonly facts: UpdateFacts;
  readonly found: {
    caches: readonly CachePlan[];
    cachesStarted: readonly string[];
    cachesDisconnected: readonly string[];
    nodes: readonly NodeUpdate[];
    /** Nodes that are being changed. */
    readonly waiting: Set<string>;
  };
}

async function gatherUpdateFacts(
  config: ClusterConfig,
  ports: Pick<Ports, "engine">,
): Promise<UpdateFacts> {
  const { name } = config;
  const cluster = await findCluster(name, ports);
  const idle = cluster.nodes.filter(({ state }) => state !== "running");
  if (idle.length > 0)
    throw new ToolError("nodes-not-running", {
      cluster: name,
      nodes: idle.map((node) => `${node.name} (${node.state})`),
    });
  const [networks, registries, text] = await Promise.all([
    ports.engine.listNetworks({ labels: { [label.cluster]: name } }),
    findRegistries(ports),
    ports.engine.readFile(cluster.controlPlane.id, configPath),
  ]);
  const current = text === undefined ? undefined : (JSON.parse(text) as ClusterConfig);
  if (current !== undefined) {
    const fields = unchangeableDifferences(config, current, defaultConfig().cluster);
    if (fields.length > 0) throw new ToolError("config-not-applicable", { cluster: name, fields });
  }
  const [network] = networks;
  if (network === undefined)
    throw new ToolError("cluster-incomplete", { name, reason: "its network is gone" });
  const near = registries.filter(({ networks: on }) => on.includes(network.name));
  const own = near.find(({ kind }) => kind !== "cache");
  return {
    cluster,
    network: { name: network.name, subnet: network.subnets[0] ?? "" },
    ...(current === undefined ? {} : { current }),
    ...(own?.container === undefined
      ? {}
      : { registry: { container: own.container, hostPort: own.hostPort } }),
    caches: near.flatMap(({ kind, name: host, container }) =>
      kind === "cache" && container !== undefined ? [{ host, container }] : [],
    ),
  };
}

const startCaches: Step<UpdateContext> = {
  id: "start-caches",
  title: () => "Starting caches",
  after: [],
  appliesTo: ({ request }) => request.config.registries.caches.length > 0,
  async run({ request, ports, access, facts, found }, { signal, progress, output }) {
    const image = await ensureComponentImage("registry", request.components, ports, {
      signal,
      onProgress: progress,
      onOutput: output,
    });
    found.caches = request.config.registries.caches.map((host) => planCache(host, image));
    const options = { access, network: facts.network.name, creation: "", signal };
    const started = await allDone(
      found.caches.map(async (cache) => {
        const { isNew } = await ensureCache(cache, options, ports);
        return isNew ? [cache.host] : [];
      }),
    );
    found.cachesStarted = started.flat();
  },
};

const updateNodes: Step<UpdateContext> = {
  id: "update-nodes",
  title: ({ facts }) =>
    facts.cluster.nodes.length === 1
      ? "Updating node"
      : `Updating ${facts.cluster.nodes.length} nodes`,
  after: ["start-caches"],
  async run({ request, ports, access, facts, found }, { signal, progress }) {
    const { cluster, network, registry, current } = facts;
    // Only what an update can change comes from the wanted config: it may have left the rest unsaid.
    const config: ClusterConfig = {
      ...(current ?? request.config),
      registries: request.config.registries,
      proxy: request.config.proxy,
    };
    const files = [
      ...planNodeFiles({
        registry:
          registry === undefined
            ? undefined
            : registryReference(registry.container, registry.hostPort),
        caches: found.caches,
        access,
        direct: directlyReached({
          config,
          subnet: network.subnet,
          nodes: cluster.nodes.map(({ name }) => name),
          registry: registry?.container,
          caches: found.caches,
        }),
      }),
      { path: configPath, content: `${JSON.stringify(config)}\n`, mode: 0o600 },
    ];
    found.nodes = await allDone(
      cluster.nodes.map(async ({ name }): Promise<NodeUpdate> => {
        found.waiting.add(name);
        const change = planNodeChange(files, await readNodeFiles(name, files, ports, signal));
        await applyNodeFiles(name, files, change, ports, signal);
        found.waiting.delete(name);
        progress(name);
        return { node: name, ...change };
      }),
    );
  },
};

const disconnectCaches: Step<UpdateContext> = {
  id: "disconnect-caches",
  title: () => "Disconnecting caches",
  after: ["update-nodes"],
  appliesTo: ({ request, facts }) =>
    facts.caches.some(({ host }) => !request.config.registries.caches.includes(host)),
  async run({ request, ports, facts, found }) {
    const unwanted = facts.caches.filter(
      ({ host }) => !request.config.registries.caches.includes(host),
    );
    for (const { container } of unwanted)
      await ports.engine.disconnectNetwork(facts.network.name, container);
    found.cachesDisconnected = unwanted.map(({ host }) => host);
  },
};

const updateSteps = defineSteps([startCaches, updateNodes, disconnectCaches]);
