import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import type { Cli } from "../cli.ts";
import { collect, collectWhole } from "../request/flags.ts";
import { nodesOption, readNodesRequest, type NodesFlags } from "../request/nodes-request.ts";
import { type ResultFormat, resultOption } from "../output/output-format.ts";
import { printLoadReport } from "../output/print-images.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends NodesFlags {
  readonly tag?: readonly string[];
  readonly file?: string;
  readonly target?: string;
  readonly buildArg?: readonly string[];
  readonly output: ResultFormat;
}

export function buildImageCommand(cli: Cli): Command {
  return new Command("image")
    .description("build an image with Docker and load what changed onto the nodes")
    .argument("[dir]", "folder to build (default: the current one)")
    .option("-t, --tag <name>", "name of the image; separate several with commas", collect)
    .option("-f, --file <file>", "Dockerfile (default: DIR/Dockerfile)")
    .option(
      "--build-arg <name=value>",
      "build argument; without a value, the environment's is used; repeatable",
      collectWhole,
    )
    .option("--target <stage>", "stage of the Dockerfile to build")
    .addOption(nodesOption())
    .addOption(resultOption())
    .action(async (dir: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.tag === undefined || flags.tag.length === 0)
        throw new ToolError("invalid-usage", { reason: "--tag is needed: the image's name." });
      const { tag: tags } = flags;
      await runCommand(cli, flags, async (ports) => {
        const request = await readNodesRequest(cli, ports.files, flags);
        cli.begin("Building the image");
        const report = await cli.useCases.buildImage(
          {
            ...request,
            tags,
            directory: dir ?? cli.workingDirectory,
            buildArgs: flags.buildArg ?? [],
            ...(flags.file === undefined ? {} : { file: flags.file }),
            ...(flags.target === undefined ? {} : { target: flags.target }),
          },
          ports,
          cli.signal,
        );
        return printLoadReport(report, flags.output);
      });
    });
}
