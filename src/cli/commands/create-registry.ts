import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { type GlobalFlags, imagePolicyOption, wholeNumber } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describeCreatedRegistry } from "../output/print-registries.ts";
import { runCommand } from "../run-command.ts";
import { chooseImagePolicy } from "../request/settings.ts";

interface Flags extends GlobalFlags {
  readonly port?: number;
  readonly imagePolicy?: string;
  readonly output: ResultFormat;
}

export function createRegistryCommand(cli: Cli): Command {
  return new Command("registry")
    .description("create an image registry that clusters can share")
    .argument("[name]", "name of the registry", "shared")
    .option(
      "--port <port>",
      "port on 127.0.0.1 (default: a free one from 5001)",
      wholeNumber("--port", 0, 65_535),
    )
    .addOption(imagePolicyOption())
    .addOption(resultOption())
    .action(async (name: string, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        cli.begin(`Creating registry "${name}"`);
        const created = await cli.useCases.createRegistry(
          {
            name,
            port: flags.port ?? 0,
            components: cli.componentSettings(chooseImagePolicy(flags.imagePolicy, cli.env)),
          },
          ports,
          cli.signal,
        );
        return flags.output === "text"
          ? describeCreatedRegistry(created)
          : renderData(created, flags.output);
      });
    });
}
