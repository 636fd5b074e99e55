import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { abortOnSignals } from "./abort-on-signals.ts";
import { describe, renderDescription, type Description } from "./description.ts";
import { docker } from "./engine.ts";
import { engineAndNodesCpuMs } from "./engine-usage.ts";
import { defaultJsonFile, writeJson } from "./json-file.ts";
import { LoadImages } from "./load-images.ts";
import type { LoadMeasurement, LoadRun, Scenario } from "./load-measurement.ts";
import { readLoadOptions, type LoadOptions } from "./load-options.ts";
import {
  renderLoadResults,
  renderLoadRun,
  toLoadFigures,
  type NodeCountResults,
} from "./load-report.ts";
import { loadAverages, waitUntilQuiet } from "./machine.ts";
import { measureUsage } from "./process-usage.ts";
import { airfieldTool, kindTool, type ToolName } from "./tools.ts";
import { tell } from "./tell.ts";

const root = join(import.meta.dirname, "..");
const kind = join(root, ".tools/bin/kind");

interface Bench {
  readonly options: LoadOptions;
  readonly cluster: string;
  /** All nodes, the control plane first. */
  readonly nodes: readonly string[];
  readonly nodeIds: readonly string[];
  readonly images: LoadImages;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Results that grow with each run. */
interface GrowingResults extends NodeCountResults {
  readonly tools: readonly { readonly tool: ToolName; readonly runs: LoadRun[] }[];
}

await main();

async function main(): Promise<void> {
  const options = readLoadOptions(process.argv.slice(2), join(root, "bin/airfield"));
  const signal = abortOnSignals();
  const contentTag = async (component: string) =>
    (await execa(join(root, "images/content-tag"), [component])).stdout;
  const nodeImage = await contentTag("node");
  const tools = options.tools.map((name) =>
    name === "kind" ? kindTool(kind) : airfieldTool(options.airfield, []),
  );
  const description = await describe({ tools, root, nodeImage, probeImage: "" });
  tell(renderDescription(description));

  const folder = await mkdtemp(join(tmpdir(), "airfield-bench-"));
  const cluster = `bench-load-${randomBytes(3).toString("hex")}`;
  const environment = { ...process.env, KUBECONFIG: join(folder, "kubeconfig") };
  const results: GrowingResults[] = [];
  const jsonFile = options.json ?? defaultJsonFile("load", description.startedAt);
  const save = async () => {
    if (jsonFile !== "-") await writeJson(jsonFile, renderJson(description, options, results));
  };
  const remove = () =>
    execa(options.airfield, ["delete", "cluster", cluster], { env: environment, reject: false });
  try {
    await using images = await LoadImages.create({
      base: options.baseImage ?? nodeImage,
      jre: options.jreImage ?? (await contentTag("jre-17")),
    });
    const workers = String(Math.max(...options.nodes) - 1);
    const create = [options.airfield, "create", "cluster", cluster, "--workers", workers];
    await measureUsage(create, environment, signal);
    const nodes = await nodesOf(cluster);
    const nodeIds = await Promise.all(
      nodes.map((node) => docker(["inspect", "--format", "{{.Id}}", node])),
    );
    const bench: Bench = { options, cluster, nodes, nodeIds, images, environment, signal };
    for (const count of options.nodes) {
      const ofCount: GrowingResults = {
        nodes: count,
        tools: options.tools.map((tool) => ({ tool, runs: [] })),
      };
      results.push(ofCount);
      await measureNodeCount(ofCount, bench, save);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell("stopped; the cluster is removed\n");
  } finally {
    await remove();
    await rm(folder, { recursive: true, force: true });
  }

  if (jsonFile === "-") process.stdout.write(renderJson(description, options, results));
  else {
    process.stdout.write(
      [
        "",
        renderDescription(description),
        ...results.map(renderLoadResults),
        "Median (least–greatest). airfield load image NAME --nodes …; kind load docker-image NAME --nodes …",
        "",
      ].join("\n"),
    );
    tell(`\nfigures of every run: ${jsonFile}\n`);
  }
  const runs = results.flatMap((of) => of.tools.flatMap((tool) => tool.runs));
  if (runs.some(({ failure }) => failure !== undefined)) process.exitCode ??= 1;
}

/** All runs to one number of nodes, the tools in turn. */
async function measureNodeCount(
  { nodes: count, tools }: GrowingResults,
  bench: Bench,
  save: () => Promise<void>,
): Promise<void> {
  const { options } = bench;
  for (let round = 1 - options.warmup; round <= options.runs; round++)
    for (const { tool, runs } of tools) {
      const warmup = round < 1;
      const index = warmup ? round + options.warmup : round;
      tell(`${count} nodes ${tool} ${warmup ? "warm-up" : "run"} ${index}: `);
      const run = await measureRun({ tool, count, index, warmup }, bench);
      runs.push(run);
      tell(`${renderLoadRun(run)}\n`);
      await save();
    }
}

async function measureRun(
  of: {
    readonly tool: ToolName;
    readonly count: number;
    readonly index: number;
    readonly warmup: boolean;
  },
  bench: Bench,
): Promise<LoadRun> {
  const { index, warmup } = of;
  const { options, signal } = bench;
  const { busyProcessors } = await waitUntilQuiet(options.settleSeconds * 1000, signal);
  const startedAt = new Date().toISOString();
  const begun = { index, warmup, startedAt, load: loadAverages(), busyProcessors };
  const measurements: Partial<Record<Scenario, LoadMeasurement>> = {};
  try {
    await measureScenarios(of, bench, measurements);
    return { ...begun, measurements };
  } catch (error) {
    signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    return { ...begun, measurements, failure };
  }
}

async function measureScenarios(
  { tool, count }: { readonly tool: ToolName; readonly count: number },
  bench: Bench,
  measurements: Partial<Record<Scenario, LoadMeasurement>>,
): Promise<void> {
  const { images } = bench;
  const nodes = bench.nodes.slice(0, count);
  await Promise.all(bench.nodes.map((node) => forgetImages(node)));
  const first = await images.changed();
  measurements.first = await load(first, { tool, nodes }, bench);
  measurements.unchanged = await load(first, { tool, nodes }, bench);
  const changed = await images.changed();
  measurements.changed = await load(changed, { tool, nodes }, bench);
  // Before the class was changed: by the same tool, so that the nodes have what they would have.
  await load(await images.spring(), { tool, nodes }, bench);
  measurements.spring = await load(await images.spring(), { tool, nodes }, bench);
}

async function load(
  image: string,
  { tool, nodes }: { readonly tool: ToolName; readonly nodes: readonly string[] },
  { options, cluster, images, nodeIds, environment, signal }: Bench,
): Promise<LoadMeasurement> {
  const named = ["--name", cluster, "--nodes", nodes.join(",")];
  const command =
    tool === "kind"
      ? [kind, "load", "docker-image", image, ...named]
      : [options.airfield, "load", "image", image, ...named, "--output", "json"];
  // What the image's build and the loads before have written: a command is not to wait for that.
  await execa("sync");
  const before = await engineAndNodesCpuMs(nodeIds);
  const { ms, cpuMs, peakBytes, output } = await measureUsage(command, environment, signal);
  const after = await engineAndNodesCpuMs(nodeIds);
  return {
    ms,
    cpuMs,
    peakBytes,
    sentBytes:
      tool === "kind"
        ? await sentByKind(output, nodes.length, () => images.savedBytes(image))
        : sentByAirfield(output),
    ...(before === undefined || after === undefined ? {} : { othersCpuMs: after - before }),
  };
}

/** It tells which nodes it leaves out; the others get the whole archive. */
async function sentByKind(
  output: string,
  nodes: number,
  savedBytes: () => Promise<number>,
): Promise<number> {
  if (output.includes("present on all nodes")) return 0;
  return nodes * (await savedBytes());
}

function sentByAirfield(output: string): number {
  const report = JSON.parse(output.slice(output.indexOf("{\n"))) as {
    readonly images: readonly { readonly bytes: number }[];
  };
  return report.images.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Removes what the benchmark brought, layers and all, whichever tool it was: the same start for both. */
async function forgetImages(node: string): Promise<void> {
  const script = `
    targets=$(ctr -n k8s.io images ls | awk '$1 ~ /bench-load-|^import-/ { print $3 }')
    for target in $targets; do
      ctr -n k8s.io images ls | awk -v t="$target" '$3 == t { print $1 }'
    done | sort -u | while read -r name; do ctr -n k8s.io images rm --sync "$name"; done`;
  await docker(["exec", node, "sh", "-c", script]);
}

async function nodesOf(cluster: string): Promise<readonly string[]> {
  const filters = [
    ...["--filter", `label=io.x-k8s.kind.cluster=${cluster}`],
    ...["--filter", "label=io.x-k8s.kind.role"],
  ];
  return (await docker(["ps", ...filters, "--format", "{{.Names}}"])).split("\n").sort();
}

function renderJson(
  description: Description,
  { runs, warmup, settleSeconds }: LoadOptions,
  results: readonly NodeCountResults[],
): string {
  const settings = { runs, warmup, settleSeconds };
  return `${JSON.stringify({ ...description, settings, results: results.map(toLoadFigures) }, null, 2)}\n`;
}
