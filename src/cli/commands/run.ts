import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { readCreateRequest } from "../request/cluster-request.ts";
import {
  addCreationFlags,
  addRegistryFlags,
  type CreationFlags,
  type GlobalFlags,
  type RegistryFlags,
} from "../request/flags.ts";
import { runCommand } from "../run-command.ts";

export function runInClusterCommand(cli: Cli): Command {
  const command = new Command("run")
    .description("run a command with a cluster of its own, which is deleted afterwards")
    .usage("[options] -- <command...>")
    .argument("[command...]", "the command and its arguments, after --");
  return addRegistryFlags(addCreationFlags(command))
    .addHelpText(
      "after",
      "\nKUBECONFIG of the command points to the cluster; its exit code is this command's.\nExample: airfield run --workers 2 -- mvn verify",
    )
    .action(async (program: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<GlobalFlags & CreationFlags & RegistryFlags>();
      if (program.length === 0) {
        throw new ToolError("invalid-usage", {
          reason: "Which command is to be run? Put it after --, as in: airfield run -- mvn verify",
        });
      }
      await runCommand(cli, flags, async (ports) => {
        const create = await readCreateRequest(cli, ports.files, flags);
        cli.begin(`Running ${program.join(" ")}`, create.config.name);
        const request = { create, command: program };
        cli.setExitCode(await cli.useCases.runInCluster(request, ports, cli.signal));
        return undefined;
      });
    });
}
