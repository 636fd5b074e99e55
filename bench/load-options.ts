import { Command, InvalidArgumentError, Option } from "commander";
import { toolNames, type ToolName } from "./tools.ts";

export interface LoadOptions {
  readonly runs: number;
  readonly warmup: number;
  /** Numbers of nodes that are loaded to. */
  readonly nodes: readonly number[];
  readonly tools: readonly ToolName[];
  /** "-" is stdout. */
  readonly json?: string;
  readonly airfield: string;
  /** What the 400 MB are: files as images have them, neither zeros nor noise. */
  readonly baseImage?: string;
  readonly jreImage?: string;
  readonly settleSeconds: number;
}

/** Reads the command line; prints help or says what is wrong, and exits, when there is nothing to run. */
export function readLoadOptions(args: readonly string[], ownAirfield: string): LoadOptions {
  const command = new Command("bench/load")
    .description(
      "Measure how long Airfield and kind take to bring the same images to the same nodes, in turn on this machine.",
    )
    .option("--runs <count>", "measured runs of each tool and number of nodes", count(1), 5)
    .option("--warmup <count>", "runs before them that do not count", count(0), 1)
    .addOption(
      new Option("--nodes <list>", "numbers of nodes, separated by commas")
        .argParser((text: string) => text.split(",").map(count(1)))
        .default([1, 2, 4], "1,2,4"),
    )
    .addOption(
      new Option("--tools <list>", "which tools, in this order")
        .argParser((text: string) => text.split(",").map(toolName))
        .default([...toolNames], toolNames.join(",")),
    )
    .option(
      "--json <file>",
      "where the figures go; - is stdout (default: bench/results/load-<date>.json)",
    )
    .addOption(
      new Option("--airfield <program>", "the airfield to measure").default(
        ownAirfield,
        "bin/airfield of this checkout",
      ),
    )
    .option("--base-image <image>", "the image of 400 MB (default: the node image)")
    .option("--jre-image <image>", "base of the Spring image (default: Airfield's Java 17)")
    .option("--settle <seconds>", "longest wait for a quiet machine before each run", count(0), 30)
    .option("--no-setup", "do not run bin/setup and scripts/ensure-test-tools first")
    .allowExcessArguments(false)
    .parse(args, { from: "user" });
  const { settle, ...options } = command.opts<
    Omit<LoadOptions, "settleSeconds"> & { settle: number }
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

function toolName(text: string): ToolName {
  const name = toolNames.find((known) => known === text);
  if (name === undefined)
    throw new InvalidArgumentError(`"${text}" is none of ${toolNames.join(", ")}.`);
  return name;
}
