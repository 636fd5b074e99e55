import { Command } from "commander";
import { ExitCode } from "../../errors/exit-codes.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { choiceOption, type GlobalFlags } from "../request/flags.ts";
import { renderData } from "../output/output-format.ts";
import { chooseColourDepth } from "../request/settings.ts";
import { runCommand } from "../run-command.ts";

const UNLIMITED_COLUMNS = 1000;
const formats = ["text", "json"] as const;

interface Flags extends GlobalFlags {
  readonly once?: boolean;
  readonly output?: (typeof formats)[number];
  readonly resetTerminal?: boolean;
}

export function uiCommand(cli: Cli): Command {
  return new Command("ui")
    .description("look at clusters and applications, and work with them, in the terminal")
    .option("--once", "print what the first view shows, and end; needs no terminal")
    .addOption(choiceOption("-o, --output <format>", "how --once prints", formats))
    .option("--reset-terminal", "make a terminal whole again in which airfield ui was killed")
    .addHelpText(
      "after",
      "\n? shows all keys, : goes to a view, an object or a command by its name.",
    )
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.resetTerminal === true) return cli.resetTerminal();
      const named = flags.name ?? cli.env["AIRFIELD_CLUSTER"];
      const cluster = named === "" ? undefined : named;
      if (flags.once === true) return printHome(cli, flags, cluster);
      if (flags.output !== undefined) {
        throw new ToolError("invalid-usage", {
          reason: "--output needs --once: airfield ui --once -o json",
        });
      }
      if (!cli.isInteractive || cli.env["TERM"] === "dumb") {
        throw new ToolError("invalid-usage", {
          reason:
            "airfield ui draws on a terminal, and this is none. The same facts as text: airfield ui --once",
        });
      }
      await cli.showConsole({ cluster, isAscii: cli.isAscii });
    });
}

async function printHome(cli: Cli, flags: Flags, cluster: string | undefined): Promise<void> {
  await runCommand(cli, flags, async (ports) => {
    const home = await cli.useCases.readHome({ cluster }, ports, cli.signal);
    if (home.missing.length > 0) cli.setExitCode(ExitCode.Timeout);
    if (flags.output === "json") {
      const { homeFacts } = await import("../../console/once/home-facts.ts");
      return renderData(homeFacts(home), "json");
    }
    const { homeText } = await import("../../console/once/home-text.ts");
    return homeText(home, {
      // A script or a file has no width: messages are not cut there.
      columns: cli.isInteractive ? cli.columns : UNLIMITED_COLUMNS,
      depth: chooseColourDepth(cli.env, { hasColour: cli.hasColour }),
      isAscii: cli.isAscii,
    });
  });
}
