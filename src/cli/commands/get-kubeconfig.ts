import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { readClusterName } from "../request/cluster-request.ts";
import type { GlobalFlags } from "../request/flags.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly internal?: boolean;
}

export function getKubeconfigCommand(cli: Cli): Command {
  return new Command("kubeconfig")
    .description("print a cluster's kubeconfig")
    .option("--internal", "use the address for containers on the cluster's network")
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const name = await readClusterName(cli, ports.files, flags);
        const request = { name, internal: flags.internal ?? false };
        return cli.useCases.getKubeconfig(request, ports, cli.signal);
      });
    });
}
