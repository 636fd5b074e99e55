import { setTimeout as sleep } from "node:timers/promises";
import { addressOf, docker, startedContainers } from "./engine.ts";
import {
  KubernetesApi,
  readCredentials,
  type Credentials,
  type WatchEvent,
} from "./kubernetes-api.ts";
import type { Measurement } from "./measurement.ts";
import type { MemorySampler } from "./memory.ts";
import { parseProbeAnswer, renderProbePod, type ProbeAnswer } from "./probe-pod.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Between two questions to something that does not answer yet. */
const retryMs = 50;
const knockTimeoutMs = 1000;

const podsPath = "/api/v1/namespaces/default/pods";
const probeName = "bench-probe";

/** super-admin.conf works from the first moment; the rights of admin.conf are given a little later. */
const printKubeconfig =
  "cat /etc/kubernetes/super-admin.conf 2>/dev/null || cat /etc/kubernetes/admin.conf";

export type Observation = Pick<
  Measurement,
  "apiMs" | "firstReadyMs" | "readyMs" | "podMs" | "dnsMs"
>;

export interface ObserveOptions {
  readonly cluster: string;
  readonly nodes: number;
  readonly probeImage: string;
  readonly stopwatch: Stopwatch;
  /** Gets every container of the cluster. */
  readonly memory: MemorySampler;
  readonly signal: AbortSignal;
}

/**
 * Watches a cluster come to be, whatever tool makes it: from the start of its first container until all nodes are
 * Ready and a pod got an answer from DNS. It knows only what all node images of the contract have in common.
 */
export async function observeCluster(options: ObserveOptions): Promise<Observation> {
  const { stopwatch, signal } = options;
  const controlPlane = await findControlPlane(options);
  const address = await addressOf(controlPlane, signal);
  await waitUntilAnswering(address, signal);
  const apiMs = stopwatch.elapsedMs();
  using api = new KubernetesApi({
    address,
    credentials: await fetchCredentials(controlPlane, signal),
  });
  const firstReady = Promise.withResolvers<string>();
  const [{ firstReadyMs, readyMs }, answer] = await Promise.all([
    watchNodes(api, options, firstReady.resolve),
    firstReady.promise.then((node) => probe(api, node, options)),
  ]);
  await api.ask("DELETE", `${podsPath}/${probeName}?gracePeriodSeconds=0`, { signal });
  return {
    apiMs,
    firstReadyMs,
    readyMs,
    podMs: stopwatch.elapsedMsAt(answer.startedUptime),
    dnsMs: stopwatch.elapsedMsAt(answer.answeredUptime),
  };
}

/** Resolves once it has started, and goes on to tell the sampler of further containers until the signal. */
async function findControlPlane({
  cluster,
  stopwatch,
  memory,
  signal,
}: ObserveOptions): Promise<string> {
  const found = Promise.withResolvers<string>();
  const listen = async () => {
    for await (const container of startedContainers(cluster, stopwatch.startedAt, signal)) {
      if (container.name === `${cluster}-control-plane`) found.resolve(container.name);
      await memory.add(container);
    }
    signal.throwIfAborted();
    throw new Error("The engine's stream of events ended.");
  };
  listen().catch(found.reject);
  return found.promise;
}

/** Any answer will do: it is asked without credentials. */
async function waitUntilAnswering(address: string, signal: AbortSignal): Promise<void> {
  using api = new KubernetesApi({ address });
  await retry(signal, () =>
    api.ask("GET", "/livez", {
      signal: AbortSignal.any([signal, AbortSignal.timeout(knockTimeoutMs)]),
    }),
  );
}

async function fetchCredentials(controlPlane: string, signal: AbortSignal): Promise<Credentials> {
  return retry(signal, async () =>
    readCredentials(await docker(["exec", controlPlane, "sh", "-c", printKubeconfig], { signal })),
  );
}

async function watchNodes(
  api: KubernetesApi,
  { nodes, stopwatch, signal }: ObserveOptions,
  onFirstReady: (node: string) => void,
): Promise<Pick<Observation, "firstReadyMs" | "readyMs">> {
  const ready = new Set<string>();
  let firstReadyMs: number | undefined;
  for await (const { type, object } of watchAgain<KubernetesNode>(api, "/api/v1/nodes", signal)) {
    const { name } = object.metadata;
    if (type === "DELETED" || !isReady(object, stopwatch.startedAt)) {
      ready.delete(name);
      continue;
    }
    ready.add(name);
    firstReadyMs ??= stopwatch.elapsedMs();
    onFirstReady(name);
    if (ready.size === nodes) return { firstReadyMs, readyMs: stopwatch.elapsedMs() };
  }
  throw new Error("unreachable: the watch ends by the signal only");
}

/** Runs the probe on that node until it has got its answer. */
async function probe(
  api: KubernetesApi,
  node: string,
  { probeImage, signal }: ObserveOptions,
): Promise<ProbeAnswer> {
  const pod = renderProbePod({ name: probeName, image: probeImage, node });
  await retry(signal, async () => {
    const { status, text } = await api.ask("POST", podsPath, { body: pod, signal });
    // Refused until the service account "default" has been made. 409: an answer was lost.
    if (![201, 409].includes(status)) throw new Error(`creating the probe: ${status} ${text}`);
  });
  const path = `${podsPath}?fieldSelector=metadata.name%3D${probeName}`;
  for await (const { object } of watchAgain<KubernetesPod>(api, path, signal)) {
    const { phase, containerStatuses } = object.status ?? {};
    if (phase !== "Succeeded" && phase !== "Failed") continue;
    const message = containerStatuses?.[0]?.state?.terminated?.message ?? "";
    const answer = parseProbeAnswer(message);
    if (answer === undefined) throw new Error(`The probe pod ended ${phase}: ${message}`);
    return answer;
  }
  throw new Error("unreachable: the watch ends by the signal only");
}

/** Watches anew whenever a watch fails or ends, until the signal. */
async function* watchAgain<Item>(
  api: KubernetesApi,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<Item>> {
  for (;;) {
    try {
      for await (const event of api.watch<Item>(path, signal))
        if (event.type !== "ERROR") yield event;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
    }
    await sleep(retryMs, undefined, { signal });
  }
}

async function retry<Result>(signal: AbortSignal, attempt: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      signal.throwIfAborted();
      await sleep(retryMs, undefined, { signal });
    }
  }
}

interface KubernetesNode {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastHeartbeatTime: string;
    }[];
  };
}

interface KubernetesPod {
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly message?: string } };
    }[];
  };
}

/** Ready by the word of a kubelet that runs: a status that was there before the command began does not count. */
function isReady({ status }: KubernetesNode, startedAt: Date): boolean {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  if (condition?.status !== "True") return false;
  const startedSecond = Math.floor(startedAt.getTime() / 1000) * 1000;
  return Date.parse(condition.lastHeartbeatTime) >= startedSecond;
}
