import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { DEFAULT_CONFIG_FILE, readConfigText } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";

export function configValidateCommand(cli: Cli): Command {
  return new Command("validate")
    .description("check a config file, and the files it names, and list every fault with its line")
    .argument("[file]", `file to check; - reads stdin (default ./${DEFAULT_CONFIG_FILE})`)
    .action(async (file: string | undefined, _flags: unknown, self: Command) => {
      await runCommand(cli, self.optsWithGlobals<GlobalFlags>(), async (ports) => {
        const text = await readConfigText(cli, ports.files, file);
        if (text === undefined) {
          throw new ToolError("file-not-found", {
            path: DEFAULT_CONFIG_FILE,
            purpose: "the config to check",
          });
        }
        await cli.useCases.validateConfig(text, ports);
        return `${file ?? DEFAULT_CONFIG_FILE} is valid.\n`;
      });
    });
}
