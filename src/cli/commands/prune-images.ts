import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { readClusterName } from "../request/cluster-request.ts";
import { durationOption, type GlobalFlags } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describePrunedImages } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags {
  readonly dryRun?: boolean;
  readonly engine?: boolean;
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function pruneImagesCommand(cli: Cli): Command {
  return new Command("images")
    .description("remove loaded images that nothing in the cluster uses")
    .option("--engine", "remove Airfield's own old images in the local engine instead")
    .option("--dry-run", "only print what would be removed")
    .addOption(
      durationOption("--timeout", "how long the nodes may take", { ms: 10 * 60_000, text: "10m" }),
    )
    .addOption(resultOption())
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      const isDryRun = flags.dryRun ?? false;
      await runCommand(cli, flags, async (ports) => {
        const cluster = await readClusterName(cli, ports.files, flags);
        cli.begin("Removing images");
        const { builtTags } = cli.componentSettings("auto");
        const report =
          flags.engine === true
            ? await cli.useCases.pruneEngineImages({ builtTags, isDryRun }, ports)
            : await cli.useCases.pruneImages(
                { cluster, isDryRun, timeoutMs: flags.timeout },
                ports,
                cli.signal,
              );
        return flags.output === "text"
          ? describePrunedImages(report, isDryRun)
          : renderData(report, flags.output);
      });
    });
}
