import { Command } from "commander";
import type { DownResult } from "../spring/down.ts";
import { type ApplicationFlags, chooseApplications } from "./application-request.ts";
import type { Cli } from "./cli.ts";
import { createRequestFor } from "./cluster-request.ts";
import { type GlobalFlags, kubeconfigOption } from "./flags.ts";
import { renderData, type ResultFormat, resultOption } from "./output-format.ts";
import { absolutePath, readConfig } from "./read-config.ts";
import { runCommand } from "./run-command.ts";
import { readTarget } from "./target.ts";

interface Flags extends GlobalFlags, Pick<ApplicationFlags, "appName" | "module" | "namespace"> {
  readonly config?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly output: ResultFormat;
}

export function downCommand(cli: Cli): Command {
  return new Command("down")
    .description("remove what `up` made of a project; the cluster stays")
    .argument("[dir]", "folder of the project (default: the config's applications, or this folder)")
    .option("--config <file>", "airfield.yaml; - reads stdin (AIRFIELD_CONFIG)")
    .option("--app-name <name>", "name of the application (default: the project's own)")
    .option("--module <module>", "which module, in a build with several applications")
    .option("-n, --namespace <namespace>", "namespace it runs in")
    .option("--context <context>", "on a cluster that Airfield did not make: its context")
    .addOption(kubeconfigOption())
    .addOption(resultOption())
    .action(async (dir: string | undefined, _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const folder = absolutePath(cli.workingDirectory, dir ?? ".");
        const config = await readConfig(cli, ports.files, flags.config, [
          folder,
          cli.workingDirectory,
        ]);
        const create = await createRequestFor(cli, ports.files, { ...flags, wait: 0 }, { config });
        const target = readTarget(flags, { needsRegistry: false });
        const results: DownResult[] = [];
        for (const application of await chooseApplications(cli, config, dir, flags)) {
          cli.begin(`Taking down ${application.name ?? application.path}`);
          const request = { application };
          results.push(await cli.useCases.down({ create, request, target }, ports, cli.signal));
        }
        return flags.output === "text" ? undefined : renderData(results, flags.output);
      });
    });
}
