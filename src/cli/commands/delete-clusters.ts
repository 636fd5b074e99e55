import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { readKubeconfigPath } from "../request/cluster-request.ts";
import { type GlobalFlags, kubeconfigOption } from "../request/flags.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly all?: boolean;
  readonly kubeconfig?: string;
}

export function deleteClustersCommand(cli: Cli): Command {
  return new Command("clusters")
    .description("delete several clusters")
    .argument("[names...]", "names of the clusters")
    .option("-a, --all", "delete every cluster that Airfield made")
    .addOption(kubeconfigOption())
    .action(async (names: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      const wanted = chooseClusters(names, flags);
      await runCommand(cli, flags, async (ports) => {
        const kubeconfigPath = await readKubeconfigPath(cli, ports.files, flags.kubeconfig);
        cli.begin("Deleting clusters");
        const deleted = await cli.useCases.deleteClusters({ names: wanted, kubeconfigPath }, ports);
        return deleted.length === 0 ? "There are no clusters.\n" : undefined;
      });
    });
}

function chooseClusters(names: readonly string[], flags: Flags): readonly string[] | "all" {
  const named = [...names, ...(flags.name === undefined ? [] : [flags.name])];
  if (flags.all === true && named.length > 0) {
    throw new ToolError("invalid-usage", {
      reason: `--all deletes every cluster, so ${named.join(", ")} cannot be named beside it.`,
    });
  }
  if (flags.all !== true && named.length === 0) {
    throw new ToolError("invalid-usage", {
      reason: "Which clusters are to be deleted? Name them, or use --all for every one.",
    });
  }
  return flags.all === true ? "all" : named;
}
