import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { nodesOption, readNodesRequest, type NodesFlags } from "../request/nodes-request.ts";
import { type OutputFormat, outputOption } from "../output/output-format.ts";
import { printImages } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends NodesFlags {
  readonly output: OutputFormat;
}

export function getImagesCommand(cli: Cli): Command {
  return new Command("images")
    .description("list the images on the nodes of a cluster, with their sizes")
    .addOption(nodesOption())
    .addOption(outputOption(["table", "json", "yaml"]))
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const request = await readNodesRequest(cli, ports.files, flags);
        const images = await cli.useCases.listImagesOnNodes(request, ports, cli.signal);
        return printImages(images, flags.output);
      });
    });
}
