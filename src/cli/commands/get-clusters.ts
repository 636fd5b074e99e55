import { Command } from "commander";
import type { Cli } from "../cli.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { outputFormats, type OutputFormat, outputOption } from "../output/output-format.ts";
import { printClusters } from "../output/print-clusters.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly output: OutputFormat;
}

export function getClustersCommand(cli: Cli): Command {
  return new Command("clusters")
    .description("list the clusters on this machine")
    .addOption(outputOption(outputFormats))
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) =>
        printClusters(await cli.useCases.listClusters(ports), flags.output, ports.clock.nowIso()),
      );
    });
}
