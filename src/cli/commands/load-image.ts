import { Command } from "commander";
import type { Cli } from "../cli.ts";
import { loadTimeoutOption } from "../request/flags.ts";
import { nodesOption, readNodesRequest, type NodesFlags } from "../request/nodes-request.ts";
import { type ResultFormat, resultOption } from "../output/output-format.ts";
import { printLoadReport } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends NodesFlags {
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function loadImageCommand(cli: Cli): Command {
  return new Command("image")
    .description("load images from the local engine onto the nodes of a cluster")
    .argument("[images...]", "names of images (default: all that were loaded onto any node)")
    .addOption(nodesOption())
    .addOption(loadTimeoutOption())
    .addOption(resultOption())
    .action(async (images: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const where = await readNodesRequest(cli, ports.files, flags);
        const request = { ...where, timeoutMs: flags.timeout };
        cli.begin("Loading images");
        const report = await (images.length === 0
          ? cli.useCases.loadAgain(request, ports, cli.signal)
          : cli.useCases.loadImages({ ...request, images }, ports, cli.signal));
        return printLoadReport(report, flags.output);
      });
    });
}
