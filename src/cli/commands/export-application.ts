import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import {
  addIdentityFlags,
  type ApplicationFlags,
  chooseApplications,
  surroundingsOf,
} from "../request/application-request.ts";
import type { Cli } from "../cli.ts";
import { createRequestFor } from "../request/cluster-request.ts";
import { collect, collectPairs, type GlobalFlags } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { absolutePath, readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";

interface Flags extends GlobalFlags, ApplicationFlags {
  readonly config?: string;
  readonly outputDir?: string;
  readonly image?: Readonly<Record<string, string>>;
  readonly chartName?: string;
  readonly force?: boolean;
  readonly output: ResultFormat;
}

const forms = {
  manifests: {
    description: "write what `up` applies as a Kustomize base with overlays, for any cluster",
    folder: "k8s-export",
  },
  chart: {
    description: "write what `up` applies as a Helm chart, for any cluster",
    folder: "chart",
  },
} as const;

/** `export manifests` and `export chart`: the same objects in two forms. */
export function exportApplicationCommand(cli: Cli, form: keyof typeof forms): Command {
  const { description, folder } = forms[form];
  const command = new Command(form)
    .description(description)
    .argument("[dir]", "folder of the project (default: the config's applications, or this folder)")
    .option("--output-dir <folder>", `where the files go (default: ./${folder})`)
    .option(
      "--image <image>",
      "image as the cluster can pull it; NAME=IMAGE with several applications",
      collectImages,
    )
    .option("--force", "overwrite existing files")
    .option("--config <file>", "airfield.yaml; - reads stdin (AIRFIELD_CONFIG)");
  addIdentityFlags(command)
    .option("--profile <profiles>", "Spring profiles, separated by commas", collect)
    .addOption(resultOption());
  if (form === "chart") {
    command.option(
      "--chart-name <name>",
      "name of a chart of several applications",
      parseChartName,
    );
  }
  return command.action(async (dir: string | undefined, _flags: unknown, self: Command) => {
    const flags = self.optsWithGlobals<Flags>();
    await runCommand(cli, flags, async (ports) => {
      const projectFolder = absolutePath(cli.workingDirectory, dir ?? ".");
      const folders = [projectFolder, cli.workingDirectory];
      const config = await readConfig(cli, ports.files, flags.config, folders);
      const { image: images = {}, ...others } = flags;
      const create = await createRequestFor(cli, ports.files, { ...others, wait: 0 }, { config });
      const applications = await chooseApplications(cli, config, dir, flags);
      cli.begin(`Exporting ${applications.length === 1 ? "an application" : "applications"}`);
      const exported = await cli.useCases.exportApplication(
        {
          create,
          request: {
            applications: applications.map((application) => ({
              application,
              ...{ rebuild: false, offline: true, runTests: false, rolloutTimeoutMs: 0 },
              ...surroundingsOf(config),
            })),
            form,
            chartName: flags.chartName ?? create.config.name,
            images,
            outputDir: absolutePath(cli.workingDirectory, flags.outputDir ?? folder),
            force: flags.force ?? false,
          },
        },
        ports,
        cli.signal,
      );
      if (flags.output !== "text") return renderData(exported, flags.output);
      return [...exported.files.map((path) => `${exported.outputDir}/${path}`), ""].join("\n");
    });
  });
}

/** Helm takes no spaces and no more than 250 characters; ends that are letters or digits make it good for a label, too. */
const CHART_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,248}[A-Za-z0-9])?$/;

function parseChartName(value: string): string {
  if (CHART_NAME.test(value)) return value;
  throw new ToolError("invalid-flag", {
    flag: "--chart-name",
    value,
    reason:
      "it takes up to 250 letters, digits, dots, dashes and underscores, with a letter or digit at both ends",
  });
}

/** One application needs no name before its image. */
function collectImages(
  value: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return value.includes("=")
    ? collectPairs("--image")(value, previous)
    : { ...previous, "": value };
}
