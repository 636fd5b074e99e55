import { runSteps } from "../../steps/run-steps.ts";
import { waitUntil } from "../../steps/wait-until.ts";
import type { Step } from "../../steps/step.ts";
import type { DependencyConfig } from "../../config/cluster-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { warningOf } from "../../errors/warning-of.ts";
import type { Ports } from "../../ports/ports.ts";
import { formatDuration } from "../../progress/format-duration.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { ensureNamespace } from "../rollout/ensure-namespace.ts";
import { unlessItFails } from "../rollout/examine-pod.ts";
import { MANAGED_BY, selectorOf } from "../objects/plan-manifests.ts";
import { readPodEvents } from "../rollout/read-application-log.ts";
import { readLog } from "../rollout/read-log.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { findPodFailure, manifestHashOf } from "../rollout/rollout-state.ts";
import { dependencyKinds, imageWantedBy, type Credentials } from "./dependency-catalogue.ts";
import { planDependency } from "./plan-dependency.ts";

export type DependencyPorts = Pick<Ports, "clock" | "random" | "reporter">;

/** A dependency that takes connections. */
export interface DependencyResult {
  readonly name: string;
  readonly namespace: string;
  readonly type: DependencyConfig["type"];
  readonly image: string;
  /** False: it ran exactly like this already. */
  readonly changed: boolean;
  readonly ms: number;
}

interface DependencyContext {
  readonly config: DependencyConfig;
  readonly cluster: SpringCluster;
  readonly ports: DependencyPorts;
  readonly timeoutMs: number;
  readonly found: { image: string; isUnchanged: boolean };
}

type DependencyStep = Step<DependencyContext>;

const POLL_MS = 500;
/** A volume is made when its first pod is scheduled, which looks like trouble till it is there. */
const PATIENCE_MS = 60_000;
const LOG_LINES = 15;
/** For events and log of a pod that did not come up; the failure itself has to be shown then. */
const EXAMINATION_MS = 20_000;
const PASSWORD_LENGTH = 24;
/** What needs no quotes in a URL, a shell, a configuration file or SQL. */
const PASSWORD_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

const ensureImage: DependencyStep = {
  id: "ensure-image",
  title: ({ config }) => `Image of ${dependencyKinds[config.type].title}`,
  after: [],
  async run({ config, cluster, found }, { signal, progress, output }) {
    const options = { signal, onProgress: progress, onOutput: output };
    found.image = await cluster.dependencyImage(imageWantedBy(config), options);
    progress(found.image);
  },
};

const ensureCluster: DependencyStep = {
  id: "ensure-cluster",
  title: ({ cluster }) => `Cluster "${cluster.name}"`,
  after: [],
  async run({ cluster }, { signal }) {
    const { created } = await cluster.ensureCluster({ signal, stepId: "ensure-cluster" });
    return created ? undefined : { skipped: "it is there" };
  },
};

const loadImage: DependencyStep = {
  id: "load-image",
  title: () => "Bringing the image to the nodes",
  after: ["ensure-image", "ensure-cluster"],
  async run({ cluster, found }, { signal, progress }) {
    if (await cluster.hasImageOnNodes(found.image, { signal })) {
      return { skipped: "the nodes have it" };
    }
    await cluster.loadImage(found.image, { signal, onProgress: progress });
    return undefined;
  },
};

const applyManifests: DependencyStep = {
  id: "apply-manifests",
  title: ({ config }) => `Applying to namespace "${config.namespace}"`,
  after: ["load-image"],
  async run(context, { signal }) {
    const { cluster, found } = context;
    const before = await readObjects(context, signal);
    const config = keepStorage(context, before);
    const credentials = credentialsOf(context, before);
    const manifests = planDependency({
      config,
      image: cluster.pullableName(found.image),
      credentials,
    });
    found.isUnchanged = manifests.every(
      (manifest) =>
        manifestHashOf(manifest) ===
        manifestHashOf(before.find(({ kind }) => kind === manifest.kind)),
    );
    if (found.isUnchanged) return { skipped: "the cluster has exactly this" };
    if (before.length === 0) await ensureNamespace(config.namespace, { cluster, signal });
    await cluster.api.apply(manifests, { signal });
    return undefined;
  },
};

const waitUntilReady: DependencyStep = {
  id: "wait-until-ready",
  title: ({ config }) => `Waiting for ${config.name}`,
  after: ["apply-manifests"],
  async run(context, { signal, progress }) {
    const { cluster, ports, config, timeoutMs } = context;
    const { clock } = ports;
    let troubleSinceMs: number | undefined;
    let trouble: string | undefined;
    const look = async (either: AbortSignal): Promise<true | undefined> => {
      const { namespace } = config;
      const labels = selectorOf(config.name);
      const kinds = ["StatefulSet", "Pod"] as const;
      const items = await cluster.api.list({ kinds, namespace, labels }, { signal: either });
      if (isReady(items.find(({ kind }) => kind === "StatefulSet"))) return true;
      const pods = items.filter(({ kind }) => kind === "Pod");
      const failure = findPodFailure({ pods });
      trouble = failure?.reason;
      const nowMs = clock.monotonicMs();
      troubleSinceMs = failure === undefined ? undefined : (troubleSinceMs ?? nowMs);
      const hasLasted = troubleSinceMs !== undefined && nowMs - troubleSinceMs >= PATIENCE_MS;
      if (failure !== undefined && (!failure.mayPass || hasLasted)) {
        throw await notReady(context, failure.reason);
      }
      progress(trouble ?? "starting");
      return undefined;
    };
    await waitUntil(look, {
      ...{ clock, signal, everyMs: POLL_MS, withinMs: timeoutMs },
      onDeadline: () =>
        notReady(context, trouble ?? `it was not ready after ${formatDuration(timeoutMs)}`),
    });
  },
};

/** From its image to a database or broker that takes connections. Idempotent; data and credentials stay. */
export async function bringUpDependency(
  { config, timeoutMs }: { readonly config: DependencyConfig; readonly timeoutMs: number },
  {
    cluster,
    ports,
    signal,
  }: {
    readonly cluster: SpringCluster;
    readonly ports: DependencyPorts;
    readonly signal: AbortSignal;
  },
): Promise<DependencyResult> {
  const startedMs = ports.clock.monotonicMs();
  const steps = [ensureImage, ensureCluster, loadImage, applyManifests, waitUntilReady];
  const found = { image: "", isUnchanged: false };
  const context: DependencyContext = { config, cluster, ports, timeoutMs, found };
  await runSteps(steps, context, { ...ports, signal });
  const { name, namespace, type } = config;
  const ms = Math.round(ports.clock.monotonicMs() - startedMs);
  const result = { name, namespace, type, image: found.image, changed: !found.isUnchanged, ms };
  const state = result.changed ? "is up" : "is unchanged";
  ports.reporter.report({ type: "run-finished", summary: `${name} ${state}.`, ms });
  return result;
}

/** Throws `application-name-taken` when something of that name is somebody else's. */
async function readObjects(
  { config, cluster }: DependencyContext,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const { name, namespace } = config;
  const objects = ["Secret", "Service", "StatefulSet"].map((kind) => ({ kind, name, namespace }));
  const items = await cluster.api.getAll(objects, { signal });
  const owner = MANAGED_BY["app.kubernetes.io/managed-by"];
  for (const { kind = "object", metadata } of items) {
    if (metadata?.labels?.["app.kubernetes.io/managed-by"] !== owner) {
      throw new ToolError("application-name-taken", { name, namespace, kind });
    }
  }
  return items;
}

/** A volume keeps the size it was made with: volumeClaimTemplates cannot be changed, nor can local volumes grow. */
function keepStorage(
  { config, ports }: DependencyContext,
  before: readonly KubernetesObject[],
): DependencyConfig {
  const live = before.find(({ kind }) => kind === "StatefulSet")?.spec?.volumeClaimTemplates?.[0];
  const storage = live?.spec?.resources?.requests?.["storage"] ?? config.storage;
  if (storage === config.storage) return config;
  ports.reporter.report(warningOf("storage-unchanged", { name: config.name, storage }));
  return { ...config, storage };
}

/** Those that the data was made with, or new ones. */
function credentialsOf(
  { config, ports }: DependencyContext,
  before: readonly KubernetesObject[],
): Credentials {
  const username = dependencyKinds[config.type].username ?? "";
  const known = before.find(({ kind }) => kind === "Secret")?.data?.["password"];
  const password =
    known === undefined
      ? ports.random.string(PASSWORD_LENGTH, PASSWORD_ALPHABET)
      : Buffer.from(known, "base64").toString();
  return { username, password };
}

function isReady(set: KubernetesObject | undefined): boolean {
  const { metadata, status } = set ?? {};
  return (
    status?.observedGeneration === metadata?.generation &&
    (status?.readyReplicas ?? 0) >= 1 &&
    (status?.updatedReplicas ?? 0) >= 1
  );
}

/** With what the pod tells; best effort, since the failure itself is what has to be shown. */
async function notReady(
  { config, cluster, ports }: DependencyContext,
  reason: string,
): Promise<ToolError> {
  const signal = ports.clock.deadline(EXAMINATION_MS);
  const { name, namespace, type } = config;
  const pod = `${name}-0`;
  const { api } = cluster;
  const [events, log] = await Promise.all([
    unlessItFails(api.events({ kind: "Pod", name: pod, namespace }, { signal }), {
      ...{ signal, otherwise: [] },
    }),
    unlessItFails(readLog(api, { name: pod, namespace }, { tail: LOG_LINES, signal }), {
      ...{ signal, otherwise: "" },
    }),
  ]);
  return new ToolError("dependency-not-ready", {
    ...{ name, namespace, type, pod, reason },
    events: readPodEvents(events),
    log: log.split("\n").filter((line) => line.trim() !== ""),
  });
}
