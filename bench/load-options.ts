import { Command, Option } from "commander";
import { count, listOf, readFlags, toolsOption, type CommonOptions } from "./flags.ts";
import type { ToolName } from "./tools.ts";

export interface LoadOptions extends CommonOptions {
  readonly runs: number;
  /** Numbers of nodes that are loaded to. */
  readonly nodes: readonly number[];
  readonly tools: readonly ToolName[];
  /** What the 400 MB are: files as images have them, neither zeros nor noise. */
  readonly baseImage?: string;
  readonly jreImage?: string;
}

export function readLoadOptions(args: readonly string[], ownAirfield: string): LoadOptions {
  const command = new Command()
    .description(
      "Measure how long Airfield and kind take to bring the same images to the same nodes, in turn on this machine.",
    )
    .option("--runs <count>", "measured runs of each tool and number of nodes", count(1), 5)
    .addOption(
      new Option("--nodes <list>", "numbers of nodes, separated by commas")
        .argParser(listOf(count(1)))
        .default([1, 2, 4], "1,2,4"),
    )
    .addOption(toolsOption())
    .option("--base-image <image>", "the image of 400 MB (default: the node image)")
    .option("--jre-image <image>", "base of the Spring image (default: Airfield's Java 17)");
  return readFlags(command, args, { name: "load", of: "runs", ownAirfield, settle: 30 });
}
