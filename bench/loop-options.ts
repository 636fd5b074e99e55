import { Command, Option } from "commander";
import { count, listOption, readFlags, type CommonOptions } from "./flags.ts";
import { wayNames, type WayName } from "./loop-report.ts";

export interface LoopOptions extends CommonOptions {
  readonly edits: number;
  readonly ways: readonly WayName[];
  readonly project: string;
}

export function readLoopOptions(
  args: readonly string[],
  { ownAirfield, example }: { readonly ownAirfield: string; readonly example: string },
): LoopOptions {
  const command = new Command()
    .description(
      "Measure the time from saving a class to the new version's answer, by `airfield dev` and by hand with kind.",
    )
    .option("--edits <count>", "measured edits of each way", count(1), 10)
    .addOption(listOption("--ways <list>", "which ways, in this order", wayNames))
    .addOption(
      new Option("--project <folder>", "a copy of it is worked on").default(
        example,
        "examples/user-service",
      ),
    );
  // A cluster is never quite at rest, and there are many edits.
  return readFlags(command, args, { name: "loop", of: "edits", ownAirfield, settle: 4 });
}
