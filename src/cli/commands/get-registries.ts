import { Command } from "commander";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { outputFormats, type OutputFormat, outputOption } from "../output/output-format.ts";
import { printRegistries } from "../output/print-registries.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly output: OutputFormat;
}

export function getRegistriesCommand(cli: Cli): Command {
  return new Command("registries")
    .alias("registry")
    .description("list registries and caches; with a name, also what is in it")
    .argument("[registry]", "only this one")
    .addOption(outputOption(outputFormats))
    .action(async (name: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const request = name === undefined ? {} : { name };
        const registries = await cli.useCases.listRegistries(request, ports);
        return printRegistries(registries, flags.output, { showsContent: name !== undefined });
      });
    });
}
