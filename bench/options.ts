import { Command, InvalidArgumentError, Option } from "commander";
import { toolNames, type ToolName } from "./tools.ts";
import { parseTopology, type Topology } from "./topology.ts";

export interface BenchOptions {
  readonly runs: number;
  readonly warmup: number;
  readonly topologies: readonly Topology[];
  readonly tools: readonly ToolName[];
  /** "-" is stdout. */
  readonly json?: string;
  readonly airfield: string;
  readonly airfieldArgs: readonly string[];
  readonly image?: string;
  readonly probeImage: string;
  readonly settleSeconds: number;
}

/** Reads the command line; prints help or says what is wrong, and exits, when there is nothing to run. */
export function readOptions(args: readonly string[], ownAirfield: string): BenchOptions {
  const command = new Command("bench/create")
    .description(
      "Measure how long Airfield and kind take to make and delete the same clusters, in turn on this machine.",
    )
    .option("--runs <count>", "measured runs of each tool and topology", count(1), 5)
    .option("--warmup <count>", "runs before them that do not count", count(0), 1)
    .addOption(
      new Option("--topologies <list>", "control planes and workers, separated by commas")
        .argParser(listOf(topology))
        .default(["1", "1+1", "1+2"].map(topology), "1,1+1,1+2"),
    )
    .addOption(
      new Option("--tools <list>", "which tools, in this order")
        .argParser(listOf(toolName))
        .default([...toolNames], toolNames.join(",")),
    )
    .option(
      "--json <file>",
      "where the figures go; - is stdout (default: bench/results/create-<date>.json)",
    )
    .addOption(
      new Option("--airfield <program>", "the airfield to measure").default(
        ownAirfield,
        "bin/airfield of this checkout",
      ),
    )
    .addOption(
      new Option("--airfield-args <words>", "further words for airfield create cluster")
        .argParser(words)
        .default([], "none"),
    )
    .option(
      "--image <image>",
      "node image for all tools (default: what images/content-tag node says)",
    )
    .option(
      "--probe-image <image>",
      "image on every node with sh, nslookup and timeout",
      "airfield.dev/local-path-helper:v0.0.30",
    )
    .option("--settle <seconds>", "longest wait for a quiet machine before each run", count(0), 30)
    .option("--no-setup", "do not run bin/setup and scripts/ensure-test-tools first")
    .allowExcessArguments(false)
    .parse(args, { from: "user" });
  const { settle, ...options } = command.opts<
    Omit<BenchOptions, "settleSeconds"> & { settle: number }
  >();
  return { ...options, settleSeconds: settle };
}

function count(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    return Number(text);
  };
}

function listOf<Item>(read: (text: string) => Item): (text: string) => readonly Item[] {
  return (text) => text.split(",").map((item) => read(item.trim()));
}

function topology(text: string): Topology {
  const read = parseTopology(text);
  if (read === undefined)
    throw new InvalidArgumentError(`"${text}" is no topology; write 1, 1+1 or 3+2, say.`);
  return read;
}

function toolName(text: string): ToolName {
  const name = toolNames.find((known) => known === text);
  if (name === undefined)
    throw new InvalidArgumentError(`"${text}" is none of ${toolNames.join(", ")}.`);
  return name;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
