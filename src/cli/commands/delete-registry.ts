import { Command } from "commander";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly keepData?: boolean;
  readonly force?: boolean;
}

export function deleteRegistryCommand(cli: Cli): Command {
  return new Command("registry")
    .description("delete a registry or a cache; deleting what is not there succeeds")
    .argument("<registry>", "name, as `airfield get registries` lists it")
    .option("--keep-data", "keep its images, for a registry of the name that is created later")
    .option("--force", "delete it even if clusters use it")
    .action(async (name: string, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        cli.begin(`Deleting registry "${name}"`);
        await cli.useCases.deleteRegistry(
          { name, keepData: flags.keepData ?? false, force: flags.force ?? false },
          ports,
        );
        return undefined;
      });
    });
}
