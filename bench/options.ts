import { Command, InvalidArgumentError, Option } from "commander";
import { count, listOf, readFlags, toolsOption, type CommonOptions } from "./flags.ts";
import { parseTopology, type Topology } from "./topology.ts";
import type { ToolName } from "./tools.ts";

export interface BenchOptions extends CommonOptions {
  readonly runs: number;
  readonly topologies: readonly Topology[];
  readonly tools: readonly ToolName[];
  readonly airfieldArgs: readonly string[];
  readonly image?: string;
  readonly probeImage: string;
}

export function readOptions(args: readonly string[], ownAirfield: string): BenchOptions {
  const command = new Command()
    .description(
      "Measure how long Airfield and kind take to make and delete the same clusters, in turn on this machine.",
    )
    .option("--runs <count>", "measured runs of each tool and topology", count(1), 5)
    .addOption(
      new Option("--topologies <list>", "control planes and workers, separated by commas")
        .argParser(listOf(topology))
        .default(["1", "1+1", "1+2"].map(topology), "1,1+1,1+2"),
    )
    .addOption(toolsOption())
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
    );
  return readFlags(command, args, { name: "create", of: "runs", ownAirfield, settle: 30 });
}

function topology(text: string): Topology {
  const read = parseTopology(text);
  if (read === undefined)
    throw new InvalidArgumentError(`"${text}" is no topology; write 1, 1+1 or 3+2, say.`);
  return read;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
