import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import {
  addNameFlags,
  applicationOf,
  onCluster,
  type ApplicationNameFlags,
} from "../request/application-commands.ts";
import type { Cli } from "../cli.ts";

export function execCommand(cli: Cli): Command {
  const command = new Command("exec")
    .description("run a command in a pod of an application")
    .usage("[options] <app> -- <command...>")
    .argument("<app>", "name of the application")
    .argument("[command...]", "the command and its arguments, after --")
    .addHelpText(
      "after",
      "\nIt gets this terminal and stdin; its exit code is this command's.\nExample: airfield exec user-service -- sh",
    );
  return addNameFlags(command).action(
    async (name: string, words: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<ApplicationNameFlags>();
      if (words.length === 0) {
        throw new ToolError("invalid-usage", {
          reason: `Which command is to be run? Put it after --, as in: airfield exec ${name} -- sh`,
        });
      }
      // A live view would draw over what the command prints.
      await onCluster(cli, { ...flags, quiet: true }, async (create, ports) => {
        const request = {
          ...applicationOf(name, flags),
          command: words,
          hasTerminal: cli.isInteractive,
        };
        cli.setExitCode(
          await cli.useCases.execInApplication({ create, request }, ports, cli.signal),
        );
        return undefined;
      });
    },
  );
}
