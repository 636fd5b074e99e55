import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { readClusterName, readKubeconfigPath } from "../request/cluster-request.ts";
import { type GlobalFlags, kubeconfigOption } from "../request/flags.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly kubeconfig?: string;
}

export function deleteClusterCommand(cli: Cli): Command {
  return new Command("cluster")
    .description("delete a cluster, or what is left of one; deleting what is not there succeeds")
    .argument("[name]", "name of the cluster")
    .addOption(kubeconfigOption())
    .action(async (argument: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const name = await readClusterName(cli, ports.files, flags, argument);
        const kubeconfigPath = await readKubeconfigPath(cli, ports.files, flags.kubeconfig);
        cli.begin(`Deleting cluster "${name}"`, name);
        await cli.useCases.deleteCluster({ name, kubeconfigPath }, ports);
        return undefined;
      });
    });
}
