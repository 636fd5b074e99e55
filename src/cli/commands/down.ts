import { Command } from "commander";
import { ToolError } from "../../errors/tool-error.ts";
import {
  addIdentityFlags,
  allModulesFlag,
  type ApplicationFlags,
  type ChosenParts,
  chooseParts,
  withAllModules,
} from "../request/application-request.ts";
import type { Cli } from "../cli.ts";
import { createRequestFor } from "../request/cluster-request.ts";
import { type GlobalFlags, kubeconfigOption } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";
import { absolutePath, readConfig } from "../request/read-config.ts";
import { runCommand } from "../run-command.ts";
import { readTarget } from "../request/target.ts";

interface Flags
  extends GlobalFlags, Pick<ApplicationFlags, "appName" | "module" | "namespace" | "all"> {
  readonly config?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly data?: boolean;
  readonly output: ResultFormat;
}

export function downCommand(cli: Cli): Command {
  const command = new Command("down")
    .description("remove what `up` made of a project; the cluster stays")
    .argument(
      "[dir-or-name...]",
      "folders of projects, or names of applications (default: all of the config, or this folder)",
    )
    .option("--config <file>", "airfield.yaml; - reads stdin (AIRFIELD_CONFIG)");
  return addIdentityFlags(command)
    .option(...allModulesFlag)
    .option("--context <context>", "kubeconfig context of a cluster that Airfield did not create")
    .addOption(kubeconfigOption())
    .option("--data", "also remove the data of databases and brokers, for good")
    .addOption(resultOption())
    .action(async (words: readonly string[], _flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<Flags>();
      await runCommand(cli, flags, async (ports) => {
        const folder = absolutePath(cli.workingDirectory, words[0] ?? ".");
        const config = await readConfig(cli, ports.files, flags.config, [
          folder,
          cli.workingDirectory,
        ]);
        const create = await createRequestFor(cli, ports.files, { ...flags, wait: 0 }, { config });
        const target = readTarget(flags, { needsRegistry: false });
        const chosen = await chooseParts(cli, ports.files, config, {
          words,
          flags,
          takesNames: true,
        });
        const parts = await withAllModules(cli, chosen, { flags, ports });
        const wanted = parts.only ?? [...parts.applications, ...parts.dependencies.map(nameOf)];
        const names = wanted.filter((one) => typeof one === "string");
        checkNames(names, parts);
        cli.begin(`Taking down ${words.length === 0 ? "the applications" : words.join(", ")}`);
        const request = {
          applications: wanted.flatMap((one) => (typeof one === "string" ? [] : [one])),
          dependencies: parts.dependencies.filter(({ name }) => names.includes(name)),
          data: flags.data ?? false,
        };
        const results = await cli.useCases.down({ create, request, target }, ports, cli.signal);
        return flags.output === "text" ? undefined : renderData(results, flags.output);
      });
    });
}

function checkNames(names: readonly string[], { applications, dependencies }: ChosenParts): void {
  const known = [...applications, ...dependencies].flatMap(({ name }) => name ?? []);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ToolError("application-unknown", { name: unknown, known });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
