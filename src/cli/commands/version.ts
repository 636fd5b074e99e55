import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";

interface Flags {
  readonly output: ResultFormat;
}

export function versionCommand(cli: Cli): Command {
  return new Command("version")
    .description("print the version")
    .addOption(resultOption())
    .action(async ({ output }: Flags) => {
      cli.print(
        output === "text"
          ? `airfield ${cli.version}\n`
          : await renderData({ version: cli.version }, output),
      );
    });
}
