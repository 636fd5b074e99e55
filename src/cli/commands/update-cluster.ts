import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { createRequestFor } from "../request/cluster-request.ts";
import { durationOption, type GlobalFlags, imagePolicyOption } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describeUpdatedCluster } from "../output/print-registries.ts";
import { readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly config?: string;
  readonly imagePolicy?: string;
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function updateClusterCommand(cli: Cli): Command {
  return new Command("cluster")
    .description(
      "apply the registries, caches, logins, certificates and proxies of a config to a running cluster",
    )
    .argument("[name]", "name of the cluster")
    .option(
      "--config <file>",
      "airfield.yaml; - reads stdin (AIRFIELD_CONFIG; default ./airfield.yaml)",
    )
    .addOption(imagePolicyOption())
    .addOption(durationOption("--timeout", "how long it may take", { ms: 5 * 60_000, text: "5m" }))
    .addOption(resultOption())
    .action(async (argument: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const file = await readConfig(cli, ports.files, flags.config);
        if (file === undefined)
          throw new ToolError("invalid-usage", {
            reason: "There is no airfield.yaml here, and --config names no other file.",
          });
        const { config, components } = await createRequestFor(
          cli,
          ports.files,
          { ...flags, wait: 0 },
          { config: file, argument },
        );
        cli.begin(`Updating cluster "${config.name}"`);
        const updated = await cli.useCases.updateCluster(
          { config, components, timeoutMs: flags.timeout },
          ports,
          cli.signal,
        );
        return flags.output === "text"
          ? describeUpdatedCluster(updated)
          : renderData(updated, flags.output);
      });
    });
}
