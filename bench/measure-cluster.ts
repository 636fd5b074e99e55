import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { footprintOf, listNetworks, remainsOf, removeByForce } from "./engine.ts";
import type { Measurement } from "./measurement.ts";
import { MemorySampler } from "./memory.ts";
import { observeCluster } from "./observe-cluster.ts";
import { Stopwatch } from "./stopwatch.ts";
import { runCommand } from "./timed-command.ts";
import type { ClusterRequest, Tool } from "./tools.ts";
import { countNodes, type Topology } from "./topology.ts";

/** Longer than any creation that is worth measuring. */
const deadlineMs = 10 * 60_000;

/** From the moment all is ready to the figure of idle memory. */
const idleAfterMs = 10_000;

export interface ClusterToMeasure {
  readonly tool: Tool;
  readonly topology: Topology;
  readonly name: string;
  readonly nodeImage: string;
  readonly probeImage: string;
}

/** Makes a cluster, measures it, deletes it. Nothing is left of it, however this ends. */
export async function measureCluster(
  cluster: ClusterToMeasure,
  signal: AbortSignal,
): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), "airfield-bench-"));
  const { tool } = cluster;
  const request: ClusterRequest = { ...cluster, folder, kubeconfig: join(folder, "kubeconfig") };
  const networksBefore = await listNetworks();
  let isDeleted = false;
  try {
    for (const [name, content] of Object.entries(tool.files(request)))
      await writeFile(join(folder, name), content);
    const created = await create(request, cluster, signal);
    const had = await footprintOf(cluster.name, networksBefore);
    const stopwatch = new Stopwatch();
    await run(tool.deleteCommand(request), request);
    const deleteMs = stopwatch.elapsedMs();
    const left = await remainsOf(cluster.name, had);
    if (left.length > 0) throw new Error(`after its deletion is left: ${left.join(", ")}`);
    isDeleted = true;
    return { ...created, deleteMs };
  } finally {
    if (!isDeleted) await removeAll(request, tool, networksBefore);
    await rm(folder, { recursive: true, force: true });
  }
}

async function create(
  request: ClusterRequest,
  { tool, topology, name, probeImage }: ClusterToMeasure,
  signal: AbortSignal,
): Promise<Omit<Measurement, "deleteMs">> {
  const ended = new AbortController();
  const limited = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(deadlineMs)]);
  using memory = new MemorySampler();
  const stopwatch = new Stopwatch();
  const returned = run(tool.createCommand(request), request, limited).then(() =>
    stopwatch.elapsedMs(),
  );
  const observed = observeCluster({
    ...{ cluster: name, nodes: countNodes(topology), probeImage },
    ...{ stopwatch, memory, signal: limited },
  });
  try {
    const [returnedMs, observation] = await Promise.all([returned, observed]);
    await sleep(idleAfterMs, undefined, { signal: limited });
    const idle = await memory.sample();
    const peakBytes = memory.peakBytes();
    return {
      ...observation,
      returnedMs,
      usableMs: Math.max(returnedMs, observation.dnsMs),
      ...(peakBytes === undefined ? {} : { peakBytes }),
      ...(idle === undefined ? {} : { idleBytes: idle.nodes, idleOthersBytes: idle.others }),
    };
  } finally {
    ended.abort();
    // The command may still be making something.
    await Promise.allSettled([returned, observed]);
  }
}

async function run(
  command: readonly string[],
  { folder, kubeconfig }: ClusterRequest,
  signal?: AbortSignal,
): Promise<void> {
  const settings = /^(AIRFIELD|KIND)_/;
  const inherited = Object.entries(process.env).filter(([name]) => !settings.test(name));
  await runCommand(command, {
    folder,
    logFile: join(folder, "output.log"),
    environment: { ...Object.fromEntries(inherited), KUBECONFIG: kubeconfig },
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * After a failure or Ctrl-C: by the tool itself, then by force until twice nothing is found, since the engine may
 * still be at work on what a stopped command asked for.
 */
async function removeAll(
  request: ClusterRequest,
  tool: Tool,
  networksBefore: readonly string[],
): Promise<void> {
  const had = await footprintOf(request.name, networksBefore);
  // What it could not do is done by force; its complaint would hide the first failure.
  await run(tool.deleteCommand(request), request).catch(() => undefined);
  await removeByForce(had);
  for (let timesEmpty = 0; timesEmpty < 2;) {
    await sleep(500);
    const found = await footprintOf(request.name, networksBefore);
    const isEmpty = Object.values(found).every((names: readonly string[]) => names.length === 0);
    timesEmpty = isEmpty ? timesEmpty + 1 : 0;
    if (!isEmpty) await removeByForce(found);
  }
}
