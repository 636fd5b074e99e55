import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { readClusterName } from "../request/cluster-request.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { outputFormats, type OutputFormat, outputOption } from "../output/output-format.ts";
import { printNodes } from "../output/print-clusters.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly allClusters?: boolean;
  readonly output: OutputFormat;
}

export function getNodesCommand(cli: Cli): Command {
  return new Command("nodes")
    .description("list the nodes of a cluster")
    .option("-A, --all-clusters", "list the nodes of every cluster")
    .addOption(outputOption(outputFormats))
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.allClusters === true && flags.name !== undefined) {
        throw new ToolError("invalid-usage", {
          reason: `--all-clusters and --name ${flags.name} exclude each other.`,
        });
      }
      await runCommand(cli, flags, async (ports) => {
        const request =
          flags.allClusters === true
            ? {}
            : { name: await readClusterName(cli, ports.files, flags) };
        return printNodes(await cli.useCases.listNodes(request, ports), flags.output);
      });
    });
}
