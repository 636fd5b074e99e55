import { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readClusterName } from "./cluster-request.ts";
import { collect, type GlobalFlags } from "./flags.ts";
import { renderData, type ResultFormat, resultOption } from "./output-format.ts";
import { describeLoadedImages } from "./print-images.ts";
import { runCommand } from "./run-command.ts";

interface Flags extends GlobalFlags {
  readonly nodes?: readonly string[];
  readonly output: ResultFormat;
}

export function loadImageCommand(cli: Cli): Command {
  return new Command("image")
    .description("bring images of the local engine to the nodes of a cluster")
    .argument("[images...]", "names of images; without, what any node has had loaded")
    .option("--nodes <names>", "only these nodes, separated by commas (default: all)", collect)
    .addOption(resultOption())
    .action(async (images: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const cluster = await readClusterName(cli, ports.files, flags);
        cli.begin("Loading images");
        const request = {
          cluster,
          ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }),
        };
        const report = await (images.length === 0
          ? cli.useCases.loadAgain(request, ports, cli.signal)
          : cli.useCases.loadImages({ ...request, images }, ports, cli.signal));
        return flags.output === "text"
          ? describeLoadedImages(report)
          : renderData(report, flags.output);
      });
    });
}
