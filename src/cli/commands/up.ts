import { Command } from "commander";
import { imageBuilders } from "../../config/cluster-config.ts";
import {
  addApplicationFlags,
  allModulesFlag,
  type ApplicationFlags,
  chooseParts,
  surroundingsOf,
  withAllModules,
} from "../request/application-request.ts";
import type { Cli } from "../cli.ts";
import { createRequestFor } from "../request/cluster-request.ts";
import {
  addCreationFlags,
  choiceOption,
  type CreationFlags,
  durationOption,
  type GlobalFlags,
} from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { describePreviews, describeUp } from "../output/print-applications.ts";
import { absolutePath, readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";
import { readTarget } from "../request/target.ts";

interface Flags extends GlobalFlags, CreationFlags, ApplicationFlags {
  readonly timeout: number;
  readonly rebuild?: boolean;
  readonly offline?: boolean;
  readonly test?: boolean;
  readonly dryRun?: boolean;
  readonly context?: string;
  readonly registry?: string;
  readonly output: ResultFormat;
}

export function upCommand(cli: Cli): Command {
  const command = addApplicationFlags(
    new Command("up")
      .description(
        "build a Spring Boot project and run it on a cluster, which is created if there is none",
      )
      .argument(
        "[dir-or-name...]",
        "folders of projects, or names from the config with all they depend on (default: all of the config, or this folder)",
      ),
  )
    .addOption(
      durationOption("--timeout", "how long it may take to become ready", {
        ms: 3 * 60_000,
        text: "3m",
      }),
    )
    .option(...allModulesFlag)
    .option("--rebuild", "build even when nothing seems to have changed")
    .addOption(
      choiceOption(
        "--build-with <builder>",
        "who makes the image; auto: the project's Dockerfile or Jib plug-in, else Airfield",
        imageBuilders,
      ),
    )
    .option("--push <registry>", "push the image, once it answers, to HOST[:PORT]/PATH")
    .option("--offline", "build without the network")
    .option("--test", "run the project's tests, too")
    .option(
      "--context <context>",
      "deploy to a cluster that Airfield did not create: its kubeconfig context",
    )
    .option("--registry <registry>", "with --context: registry for the images, as HOST[:PORT]/PATH")
    .option(
      "--dry-run",
      "print the Kubernetes objects that would be applied (YAML unless -o json) and change nothing",
    )
    .addOption(resultOption());
  return addCreationFlags(command).action(
    async (words: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const folder = absolutePath(cli.workingDirectory, words[0] ?? ".");
        const config = await readConfig(cli, ports.files, flags.config, [
          folder,
          cli.workingDirectory,
        ]);
        const create = await createRequestFor(cli, ports.files, flags, { config });
        const target = readTarget(flags, { needsRegistry: true });
        const chosen = await chooseParts(cli, ports.files, config, { words, flags });
        const parts = await withAllModules(cli, chosen, { flags, ports });
        const settings = {
          rebuild: flags.rebuild ?? false,
          offline: flags.offline ?? false,
          runTests: flags.test ?? false,
          rolloutTimeoutMs: flags.timeout,
          environment: cli.env,
          mavenReportFile: cli.mavenReportFile,
          environmentReader: cli.environmentReader,
          contentFiles: surroundingsOf(config).contentFiles,
        };
        const request = { ...parts, settings };
        if (flags.dryRun === true) {
          const previews = await cli.useCases.previewUp(
            { create, request, target },
            ports,
            cli.signal,
          );
          return describePreviews(previews, flags.output);
        }
        const [first, ...others] = parts.only ?? parts.applications;
        const name = typeof first === "string" ? first : (first?.name ?? first?.path ?? "");
        const more = others.length === 0 ? "" : ` and ${others.length} more`;
        cli.begin(`Bringing up ${name}${more}`, create.config.name);
        const results = await cli.useCases.up({ create, request, target }, ports, cli.signal);
        return flags.output === "text"
          ? results.map(describeUp).join("")
          : renderData(results, flags.output);
      });
    },
  );
}
