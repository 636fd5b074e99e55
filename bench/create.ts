import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { execa } from "execa";
import { describe, renderDescription, type Description } from "./description.ts";
import { defaultJsonFile, writeJson } from "./json-file.ts";
import { loadAverages, waitUntilQuiet } from "./machine.ts";
import { measureCluster } from "./measure-cluster.ts";
import type { Run } from "./measurement.ts";
import { readOptions, type BenchOptions } from "./options.ts";
import {
  renderResults,
  renderRun,
  toFigures,
  type ToolResults,
  type TopologyResults,
} from "./report.ts";
import { airfieldTool, kindTool, type Tool } from "./tools.ts";
import type { Topology } from "./topology.ts";
import { tell } from "./tell.ts";

const root = join(import.meta.dirname, "..");

/** A load average above it before the first run: others are at work. (Later ones are our own.) */
const busyLoad = 1;

interface Bench {
  readonly options: BenchOptions;
  readonly tools: readonly Tool[];
  readonly nodeImage: string;
  readonly signal: AbortSignal;
}

/** Results that grow with each run. */
interface GrowingResults extends TopologyResults {
  readonly tools: readonly (ToolResults & { readonly runs: Run[] })[];
}

await main();

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), join(root, "bin/airfield"));
  const signal = abortOnSignals();
  const tools = options.tools.map((name) => toolOf(name, options));
  const nodeImage = options.image ?? (await printedBy(join(root, "images/content-tag"), "node"));
  const description = await describe({ ...options, tools, root, nodeImage });
  tell(renderDescription(description));
  warnOfLoad();

  const bench: Bench = { options, tools, nodeImage, signal };
  const jsonFile = options.json ?? defaultJsonFile("create", description.startedAt);
  const results: GrowingResults[] = [];
  // After each run: half an hour's figures are not lost with the last one.
  const save = async () => {
    if (jsonFile !== "-") await writeJson(jsonFile, renderJson(description, bench, results));
  };
  try {
    for (const topology of options.topologies) {
      const ofTopology = emptyResults(topology, bench);
      results.push(ofTopology);
      await measureTopology(ofTopology, bench, save);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell("stopped; the cluster that was measured is removed\n");
  }

  if (jsonFile === "-") process.stdout.write(renderJson(description, bench, results));
  else {
    process.stdout.write(renderReport(description, results));
    tell(`\nfigures of every run: ${jsonFile}\n`);
  }
  const runs = results.flatMap((of) => of.tools.flatMap((tool) => tool.runs));
  if (runs.some(({ failure }) => failure !== undefined)) process.exitCode ??= 1;
}

/** All runs of one topology, the tools in turn. A tool that cannot make its first cluster is not asked again. */
async function measureTopology(
  { topology, tools }: GrowingResults,
  bench: Bench,
  save: () => Promise<void>,
): Promise<void> {
  const { options } = bench;
  for (let round = 1 - options.warmup; round <= options.runs; round++)
    for (const tool of bench.tools) {
      const runs = tools.find((results) => results.tool === tool.name)?.runs ?? [];
      if (runs[0]?.failure !== undefined) continue;
      const warmup = round < 1;
      const index = warmup ? round + options.warmup : round;
      const of = warmup ? options.warmup : options.runs;
      tell(`${topology.name} ${tool.name} ${warmup ? "warm-up" : "run"} ${index}/${of}: `);
      const run = await measureRun({ tool, topology, index, warmup }, bench);
      runs.push(run);
      tell(`${renderRun(run)}\n`);
      await save();
    }
}

async function measureRun(
  {
    tool,
    topology,
    index,
    warmup,
  }: {
    readonly tool: Tool;
    readonly topology: Topology;
    readonly index: number;
    readonly warmup: boolean;
  },
  { options, nodeImage, signal }: Bench,
): Promise<Run> {
  const { busyProcessors, isQuiet } = await waitUntilQuiet(options.settleSeconds * 1000, signal);
  const load = loadAverages();
  tell(`(load ${load[0]?.toFixed(1)}, ${busyProcessors.toFixed(1)} processors busy) `);
  if (!isQuiet) tell("warning: the machine is not idle; ");
  const name = `bench-${randomBytes(3).toString("hex")}`;
  const begun = {
    ...{ index, warmup, cluster: name, startedAt: new Date().toISOString() },
    ...{ load, busyProcessors },
  };
  const { probeImage } = options;
  try {
    const cluster = { tool, topology, name, nodeImage, probeImage };
    return { ...begun, measurement: await measureCluster(cluster, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...begun, failure: error instanceof Error ? error.message : String(error) };
  }
}

function emptyResults(topology: Topology, { tools, nodeImage }: Bench): GrowingResults {
  const request = {
    ...{ name: "NAME", topology, nodeImage },
    ...{ folder: "FOLDER", kubeconfig: "FOLDER/kubeconfig" },
  };
  return {
    topology,
    tools: tools.map((tool) => ({
      tool: tool.name,
      createCommand: tool.createCommand(request).join(" "),
      deleteCommand: tool.deleteCommand(request).join(" "),
      runs: [],
    })),
  };
}

function renderReport(description: Description, results: readonly TopologyResults[]): string {
  const commands = results.flatMap(({ tools }) =>
    tools.flatMap(({ createCommand, deleteCommand }) => [createCommand, deleteCommand]),
  );
  return [
    "",
    renderDescription(description),
    ...results.map(renderResults),
    "Seconds from the start of the command, memory as working set: median (least–greatest).",
    "Commands:",
    ...new Set(commands.map((command) => `  ${command}`)),
    "",
  ].join("\n");
}

function renderJson(
  description: Description,
  { options }: Bench,
  results: readonly TopologyResults[],
): string {
  const { runs, warmup, settleSeconds, airfieldArgs } = options;
  const settings = { runs, warmup, settleSeconds, airfieldArgs };
  return `${JSON.stringify({ ...description, settings, results: results.map(toFigures) }, null, 2)}\n`;
}

function toolOf(name: Tool["name"], { airfield, airfieldArgs }: BenchOptions): Tool {
  return name === "kind"
    ? kindTool(join(root, ".tools/bin/kind"))
    : airfieldTool(airfield, airfieldArgs);
}

function warnOfLoad(): void {
  const [load = 0] = loadAverages();
  if (load > busyLoad)
    tell(`warning: the load average is ${load.toFixed(1)}: this machine is not idle\n`);
}

/**
 * Aborted by the first Ctrl-C, and by a fault of ours that nobody catches: the cluster is removed all the same. Further
 * signals change nothing, the removal goes on.
 */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (exitCode: number, why: string) => {
    if (controller.signal.aborted) return;
    process.exitCode = exitCode;
    tell(`\n${why}: removing the cluster that is being measured\n`);
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => stop(130, "stopping"));
  process.on("uncaughtException", (error) => stop(70, String(error.stack)));
  return controller.signal;
}

async function printedBy(program: string, ...args: readonly string[]): Promise<string> {
  return (await execa(program, args)).stdout;
}
