import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { readCreateRequest } from "../request/cluster-request.ts";
import {
  addCreationFlags,
  addRegistryFlags,
  type CreationFlags,
  type GlobalFlags,
  type RegistryFlags,
} from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describeCreatedCluster } from "../output/print-clusters.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags, CreationFlags, RegistryFlags {
  readonly dryRun?: boolean;
  readonly output: ResultFormat;
}

export function createClusterCommand(cli: Cli): Command {
  const command = new Command("cluster")
    .description("create a Kubernetes cluster and point kubectl at it")
    .argument("[name]", "name of the cluster");
  return addRegistryFlags(addCreationFlags(command))
    .option("--dry-run", "print the plan (YAML unless -o json) and change nothing")
    .addOption(resultOption())
    .action(async (argument: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const request = await readCreateRequest(cli, ports.files, flags, argument);
        if (flags.dryRun === true) {
          const plan = await cli.useCases.planCreation(request, ports);
          return renderData(plan, flags.output === "json" ? "json" : "yaml");
        }
        const { name } = request.config;
        cli.begin(`Creating cluster "${name}"`, name);
        const cluster = await cli.useCases.createCluster(request, ports, cli.signal);
        return flags.output === "text"
          ? describeCreatedCluster(cluster)
          : renderData(cluster, flags.output);
      });
    });
}
