import { Command } from "commander";
import type { AirfieldConfig } from "../../config/cluster-config.ts";
import type { UpRequest } from "../../spring/up/up-context.ts";
import { compileChoices, type CompileChoice } from "../../spring/dev/plan-compile.ts";
import { deliveryChoices, type DeliveryChoice } from "../../spring/dev/plan-delivery.ts";
import type { DevResult } from "../../spring/dev/dev.ts";
import { ToolError } from "../../errors/tool-error.ts";
import {
  addApplicationFlags,
  type ApplicationFlags,
  chooseApplications,
  surroundingsOf,
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
import { absolutePath, readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";
import { chooseProgress } from "../request/settings.ts";

interface Flags extends GlobalFlags, CreationFlags, ApplicationFlags {
  readonly timeout: number;
  readonly offline?: boolean;
  readonly compileWith: CompileChoice;
  readonly with: DeliveryChoice;
  readonly down?: boolean;
  readonly output: ResultFormat;
}

export function devCommand(cli: Cli): Command {
  const command = addApplicationFlags(
    new Command("dev")
      .description("bring a project up as `up` does, and again on every save, until Ctrl-C")
      .argument(
        "[dir]",
        "folder of the project (default: the config's application, or this folder)",
      ),
  )
    .addOption(
      durationOption("--timeout", "how long a change may take to become ready", {
        ms: 3 * 60_000,
        text: "3m",
      }),
    )
    .option("--offline", "build without the network")
    .addOption(
      choiceOption(
        "--compile-with <compiler>",
        "a javac that stays in memory, where it gives the build's classes, or the build tool",
        compileChoices,
      ).default("auto"),
    )
    .addOption(
      choiceOption(
        "--with <way>",
        "a new image, without a gap, or classes into the running pod (auto: where the project has spring-boot-devtools)",
        deliveryChoices,
      ).default("auto"),
    )
    .option("--down", "take the application down at the end")
    .addOption(resultOption());
  return addCreationFlags(command).action(
    async (dir: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, { ...flags, progress: progressOf(cli, flags) }, async (ports) => {
        const folder = absolutePath(cli.workingDirectory, dir ?? ".");
        const folders = [folder, cli.workingDirectory];
        const readAgain = () => readConfig(cli, ports.files, flags.config, folders);
        const config = await readAgain();
        const create = await createRequestFor(cli, ports.files, flags, { config });
        const up = await upRequestOf(cli, config, { dir, flags });
        const { name, path } = up.application;
        cli.begin(`Bringing up ${name ?? path}`, create.config.name);
        const request = {
          up,
          readUp: async () => upRequestOf(cli, await readAgain(), { dir, flags }),
          compileWith: flags.compileWith,
          deliverWith: flags.with,
          takesDown: flags.down ?? false,
          compileServerFile: cli.compileServerFile,
        };
        const result = await cli.useCases.dev({ create, request }, ports, cli.signal);
        return flags.output === "text"
          ? describeDev(result, request.takesDown)
          : renderData(result, flags.output);
      });
    },
  );
}

async function upRequestOf(
  cli: Cli,
  config: AirfieldConfig | undefined,
  { dir, flags }: { readonly dir: string | undefined; readonly flags: Flags },
): Promise<UpRequest> {
  const [application, ...others] = await chooseApplications(cli, config, dir, flags);
  if (application === undefined || others.length > 0) {
    throw new ToolError("invalid-usage", {
      reason: "The config has several applications; name the folder of one: airfield dev DIR",
    });
  }
  if (application.run === "job") {
    const name = application.name ?? application.path;
    throw new ToolError("invalid-usage", {
      reason: `${name} runs as a job, which ends; dev keeps a service up. Run the job with airfield up after a change, or keep it as a service: airfield dev --run service`,
    });
  }
  return {
    application,
    rebuild: false,
    offline: flags.offline ?? false,
    runTests: false,
    rolloutTimeoutMs: flags.timeout,
    ...surroundingsOf(config),
    environment: cli.env,
    mavenReportFile: cli.mavenReportFile,
    environmentReader: cli.environmentReader,
  };
}

/** What is printed for hours has to scroll, so a live view becomes plain lines. */
function progressOf(cli: Cli, flags: GlobalFlags): string {
  const format = chooseProgress({
    flag: flags.progress,
    quiet: flags.quiet ?? false,
    env: cli.env,
    isTerminal: cli.isTerminal,
  });
  return format === "live" ? "plain" : format;
}

function describeDev({ name, url, delivered, failed }: DevResult, isDown: boolean): string {
  const changes = `${delivered} ${delivered === 1 ? "change" : "changes"} delivered`;
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const left = isDown ? "is down" : `stays up${url === undefined ? "" : ` at ${url}`}`;
  return `${name} ${left}; ${changes}${failures}.\n`;
}
