import { Command } from "commander";
import { ToolError } from "../errors/tool-error.ts";
import type { Cli } from "./cli.ts";
import { readClusterName } from "./cluster-request.ts";
import { collect, collectPairs, type GlobalFlags } from "./flags.ts";
import { renderData, type ResultFormat, resultOption } from "./output-format.ts";
import { describeLoadedImages } from "./print-images.ts";
import { runCommand } from "./run-command.ts";

interface Flags extends GlobalFlags {
  readonly tag?: readonly string[];
  readonly file?: string;
  readonly target?: string;
  readonly buildArg?: Readonly<Record<string, string>>;
  readonly nodes?: readonly string[];
  readonly output: ResultFormat;
}

export function buildImageCommand(cli: Cli): Command {
  return new Command("image")
    .description("build an image with Docker and bring what changed to the nodes")
    .argument("[dir]", "folder to build (default: the current one)")
    .option("-t, --tag <name>", "name for the image; several with commas", collect)
    .option("-f, --file <file>", "Dockerfile (default: DIR/Dockerfile)")
    .option("--build-arg <name=value>", "build argument; repeatable", collectPairs("--build-arg"))
    .option("--target <stage>", "stage of the Dockerfile to build")
    .option("--nodes <names>", "only these nodes, separated by commas (default: all)", collect)
    .addOption(resultOption())
    .action(async (dir: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      if (flags.tag === undefined || flags.tag.length === 0)
        throw new ToolError("invalid-usage", { reason: "--tag is needed: the image's name." });
      const { tag: tags } = flags;
      await runCommand(cli, flags, async (ports) => {
        const cluster = await readClusterName(cli, ports.files, flags);
        cli.begin("Building the image");
        const report = await cli.useCases.buildImage(
          {
            cluster,
            tags,
            directory: dir ?? cli.workingDirectory,
            buildArgs: flags.buildArg ?? {},
            ...(flags.file === undefined ? {} : { file: flags.file }),
            ...(flags.target === undefined ? {} : { target: flags.target }),
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
