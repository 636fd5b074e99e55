import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";

interface Flags extends GlobalFlags {
  readonly resetTerminal?: boolean;
}

export function uiCommand(cli: Cli): Command {
  return new Command("ui")
    .description("look at clusters and applications, and work with them, in the terminal")
    .option("--reset-terminal", "make a terminal whole again in which airfield ui was killed")
    .addHelpText(
      "after",
      "\n? shows all keys, : goes to a view, an object or a command by its name.",
    )
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.resetTerminal === true) return cli.resetTerminal();
      if (!cli.isInteractive || cli.env["TERM"] === "dumb") {
        throw new ToolError("invalid-usage", {
          reason:
            "airfield ui draws on a terminal, and this is none. The same facts as text: airfield get clusters, airfield get urls",
        });
      }
      const cluster = flags.name ?? cli.env["AIRFIELD_CLUSTER"];
      await cli.showConsole({
        cluster: cluster === "" ? undefined : cluster,
        isAscii: cli.isAscii,
      });
    });
}
