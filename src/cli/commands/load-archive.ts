import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { loadTimeoutOption } from "../request/flags.ts";
import { nodesOption, readNodesRequest, type NodesFlags } from "../request/nodes-request.ts";
import { type ResultFormat, resultOption } from "../output/output-format.ts";
import { printLoadReport } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends NodesFlags {
  readonly tag?: string;
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function loadArchiveCommand(cli: Cli): Command {
  return new Command("archive")
    .description("load images from archives (docker save, OCI) onto the nodes of a cluster")
    .argument("<file...>", "archives, compressed (gzip, zstd) or not; - reads stdin")
    .option("-t, --tag <name>", "name for the image, in place of the one in the archive")
    .addOption(nodesOption())
    .addOption(loadTimeoutOption())
    .addOption(resultOption())
    .action(async (paths: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (paths.filter((path) => path === "-").length > 1)
        throw new ToolError("invalid-usage", {
          reason: "Stdin can be read once: give - one time.",
        });
      if (flags.tag !== undefined && paths.length > 1)
        throw new ToolError("invalid-usage", {
          reason: "--tag names one image: give one archive with it.",
        });
      await runCommand(cli, flags, async (ports) => {
        const request = await readNodesRequest(cli, ports.files, flags);
        cli.begin("Loading images");
        const report = await cli.useCases.loadArchives(
          {
            ...request,
            timeoutMs: flags.timeout,
            archives: paths.map((path) => (path === "-" ? { stdin: cli.openStdin() } : { path })),
            ...(flags.tag === undefined ? {} : { tag: flags.tag }),
          },
          ports,
          cli.signal,
        );
        return printLoadReport(report, flags.output);
      });
    });
}
