import { Command } from "commander";
import type { Cli } from "./cli.ts";
import { outputOption, renderData } from "./output-format.ts";

interface Flags {
  readonly output: "table" | "json" | "yaml";
}

export function versionCommand(cli: Cli): Command {
  return new Command("version")
    .description("print the version")
    .addOption(outputOption(["table", "json", "yaml"]))
    .action(async ({ output }: Flags) => {
      cli.print(
        output === "table"
          ? `airfield ${cli.version}\n`
          : await renderData({ version: cli.version }, output),
      );
    });
}
