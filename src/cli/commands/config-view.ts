import { Command } from "commander";
import { defaultConfig } from "../../config/default-config.ts";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { outputOption, renderData } from "../output/output-format.ts";
import { DEFAULT_CONFIG_FILE, readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly output: "yaml" | "json";
}

export function configViewCommand(cli: Cli): Command {
  return new Command("view")
    .description("print the config with every default filled in")
    .argument("[file]", `file to read; - reads stdin (default ./${DEFAULT_CONFIG_FILE})`)
    .addOption(outputOption(["yaml", "json"]))
    .action(async (file: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async ({ files }) => {
        const config = await readConfig(cli, files, file);
        const text = await cli.useCases.renderConfig(config ?? defaultConfig());
        if (flags.output === "yaml") return text;
        const { parseYaml } = await import("../output/yaml-text.ts");
        return renderData(parseYaml(text), "json");
      });
    });
}
