import { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readClusterName } from "./cluster-request.ts";
import { collect, type GlobalFlags } from "./flags.ts";
import { renderData, type ResultFormat, resultOption } from "./output-format.ts";
import { describeLoadedImages } from "./print-images.ts";
import { runCommand } from "./run-command.ts";

interface Flags extends GlobalFlags {
  readonly nodes?: readonly string[];
  readonly tag?: string;
  readonly output: ResultFormat;
}

export function loadArchiveCommand(cli: Cli): Command {
  return new Command("archive")
    .description("bring the images of archives (docker save, OCI) to the nodes of a cluster")
    .argument("<file...>", "archives, compressed (gzip, zstd) or not; - reads stdin")
    .option("-t, --tag <name>", "name for the image, when the archive gives it none or another")
    .option("--nodes <names>", "only these nodes, separated by commas (default: all)", collect)
    .addOption(resultOption())
    .action(async (paths: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const cluster = await readClusterName(cli, ports.files, flags);
        cli.begin("Loading images");
        const report = await cli.useCases.loadArchives(
          {
            cluster,
            archives: paths.map((path) => (path === "-" ? { stdin: cli.openStdin() } : { path })),
            ...(flags.tag === undefined ? {} : { tag: flags.tag }),
            ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }),
          },
          ports,
          cli.signal,
        );
        return flags.output === "text"
          ? describeLoadedImages(report)
          : renderData(report, flags.output);
      });
    });
}
