import { Command } from "commander";
import type { Cli } from "./cli.ts";
import { readClusterName } from "./cluster-request.ts";
import { collect, type GlobalFlags } from "./flags.ts";
import { type OutputFormat, outputOption } from "./output-format.ts";
import { printImages } from "./print-images.ts";
import { runCommand } from "./run-command.ts";

interface Flags extends GlobalFlags {
  readonly nodes?: readonly string[];
  readonly output: OutputFormat;
}

export function getImagesCommand(cli: Cli): Command {
  return new Command("images")
    .description("list the images on the nodes of a cluster, with what they take there")
    .option("--nodes <names>", "only these nodes, separated by commas (default: all)", collect)
    .addOption(outputOption(["table", "json", "yaml"]))
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const cluster = await readClusterName(cli, ports.files, flags);
        const images = await cli.useCases.listImagesOnNodes(
          { cluster, ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }) },
          ports,
          cli.signal,
        );
        return printImages(images, flags.output);
      });
    });
}
