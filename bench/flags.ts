import { InvalidArgumentError, Option, type Command } from "commander";
import { toolNames } from "./tools.ts";

/** What every benchmark takes. */
export interface CommonOptions {
  readonly warmup: number;
  /** "-" is stdout. */
  readonly json?: string;
  readonly airfield: string;
  readonly settleSeconds: number;
}

/** Reads the command line; prints help or says what is wrong, and exits, when there is nothing to run. */
export function readFlags<Options extends CommonOptions>(
  command: Command,
  args: readonly string[],
  {
    name,
    of,
    ownAirfield,
    settle: settleDefault,
  }: {
    readonly name: string;
    readonly of: string;
    readonly ownAirfield: string;
    readonly settle: number;
  },
): Options {
  command
    .name(`bench/${name}`)
    .option("--warmup <count>", `${of} before them that do not count`, count(0), 1)
    .option(
      "--json <file>",
      `where the figures go; - is stdout (default: bench/results/${name}-<date>.json)`,
    )
    .addOption(
      new Option("--airfield <program>", "the airfield to measure").default(
        ownAirfield,
        "bin/airfield of this checkout",
      ),
    )
    .option(
      "--settle <seconds>",
      `longest wait for a quiet machine before each of the ${of}`,
      count(0),
      settleDefault,
    )
    .option("--no-setup", "do not run bin/setup and scripts/ensure-test-tools first")
    .allowExcessArguments(false)
    .parse(args, { from: "user" });
  const { settle, ...options } = command.opts<Record<string, unknown>>();
  return { ...options, settleSeconds: settle } as unknown as Options;
}

export function toolsOption(): Option {
  return listOption("--tools <list>", "which tools, in this order", toolNames);
}

/** Some of these names, separated by commas; all of them by default. */
export function listOption(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description)
    .argParser(listOf((text) => oneOf(names, text)))
    .default([...names], names.join(","));
}

export function count(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    return Number(text);
  };
}

export function listOf<Item>(read: (text: string) => Item): (text: string) => readonly Item[] {
  return (text) => text.split(",").map((item) => read(item.trim()));
}

function oneOf(names: readonly string[], text: string): string {
  if (names.includes(text)) return text;
  throw new InvalidArgumentError(`"${text}" is none of ${names.join(", ")}.`);
}
