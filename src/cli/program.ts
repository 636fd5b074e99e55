import { type Argument, Command } from "commander";
import type { Cli } from "./cli.ts";
import { buildImageCommand } from "./commands/build-image.ts";
import { completionCommand } from "./commands/completion.ts";
import { configInitCommand } from "./commands/config-init.ts";
import { configValidateCommand } from "./commands/config-validate.ts";
import { configViewCommand } from "./commands/config-view.ts";
import { createClusterCommand } from "./commands/create-cluster.ts";
import { createRegistryCommand } from "./commands/create-registry.ts";
import { deleteClusterCommand } from "./commands/delete-cluster.ts";
import { deleteClustersCommand } from "./commands/delete-clusters.ts";
import { deleteRegistryCommand } from "./commands/delete-registry.ts";
import { debugCommand } from "./commands/debug.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downCommand } from "./commands/down.ts";
import { execCommand } from "./commands/exec.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportApplicationCommand } from "./commands/export-application.ts";
import { addGlobalFlags } from "./request/flags.ts";
import { getClustersCommand } from "./commands/get-clusters.ts";
import { getImagesCommand } from "./commands/get-images.ts";
import { getKubeconfigCommand } from "./commands/get-kubeconfig.ts";
import { getNodesCommand } from "./commands/get-nodes.ts";
import { getUrlsCommand } from "./commands/get-urls.ts";
import { loadArchiveCommand } from "./commands/load-archive.ts";
import { getRegistriesCommand } from "./commands/get-registries.ts";
import { loadImageCommand } from "./commands/load-image.ts";
import { logsCommand } from "./commands/logs.ts";
import { openCommand } from "./commands/open.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { pruneImagesCommand } from "./commands/prune-images.ts";
import { pruneRegistryCommand } from "./commands/prune-registry.ts";
import { runInClusterCommand } from "./commands/run.ts";
import { uiCommand } from "./commands/ui.ts";
import { upCommand } from "./commands/up.ts";
import { updateClusterCommand } from "./commands/update-cluster.ts";
import { isHelp, usageError } from "./request/usage-error.ts";
import { versionCommand } from "./commands/version.ts";

type MakeCommand = (cli: Cli) => Command;

/** Commands by the headings of the help, in its order. */
const sections: Readonly<Record<string, Readonly<Record<string, MakeCommand>>>> = {
  "Application commands:": {
    up: upCommand,
    dev: devCommand,
    down: downCommand,
    logs: logsCommand,
    open: openCommand,
    exec: execCommand,
    debug: debugCommand,
    ui: uiCommand,
    export: (cli) =>
      group("export", "hand an application over to any cluster", [
        exportApplicationCommand(cli, "manifests"),
        exportApplicationCommand(cli, "chart"),
      ]),
  },
  "Cluster commands:": {
    create: (cli) =>
      group("create", "create a cluster or a registry", [
        createClusterCommand(cli),
        createRegistryCommand(cli),
      ]),
    delete: (cli) =>
      group("delete", "delete clusters and registries", [
        deleteClusterCommand(cli),
        deleteClustersCommand(cli),
        deleteRegistryCommand(cli),
      ]),
    get: (cli) =>
      group(
        "get",
        "list clusters, nodes, images, registries and applications, print a kubeconfig",
        [
          getClustersCommand(cli),
          getNodesCommand(cli),
          getImagesCommand(cli),
          getRegistriesCommand(cli),
          getKubeconfigCommand(cli),
          getUrlsCommand(cli),
        ],
      ),
    load: (cli) =>
      group("load", "bring images to the nodes", [loadImageCommand(cli), loadArchiveCommand(cli)]),
    build: (cli) =>
      group("build", "build an image and bring it to the nodes", [buildImageCommand(cli)]),
    prune: (cli) =>
      group("prune", "remove what is not used any more", [
        pruneImagesCommand(cli),
        pruneRegistryCommand(cli),
      ]),
    update: (cli) => group("update", "change a running cluster", [updateClusterCommand(cli)]),
    run: runInClusterCommand,
  },
  "Other commands:": {
    config: (cli) =>
      group("config", "work with config files", [
        configInitCommand(cli),
        configValidateCommand(cli),
        configViewCommand(cli),
      ]),
    prepare: prepareCommand,
    doctor: doctorCommand,
    explain: explainCommand,
    completion: completionCommand,
    version: versionCommand,
  },
};

/** These show the others. */
const overviews = ["completion"];

/**
 * The whole command line. Handlers reach the world through `cli` only, so tests can run it in memory. Where the words
 * begin with a command, no other one is made: making them all takes a tenth of a quick command's time.
 */
export function createProgram(cli: Cli, words: readonly string[] = []): Command {
  const program = addGlobalFlags(new Command("airfield"))
    .description("A real Kubernetes cluster in Docker containers, and your Spring Boot app on it.")
    .version(`airfield ${cli.version}`, "-V, --version", "print the version");

  const [first = ""] = words;
  const isKnown = Object.values(sections).some((commands) => Object.hasOwn(commands, first));
  const makesAll = !isKnown || overviews.includes(first);
  for (const [heading, commands] of Object.entries(sections)) {
    program.commandsGroup(heading);
    if (heading === "Other commands:") program.helpCommand("help [command]", "print help");
    for (const [name, make] of Object.entries(commands))
      if (makesAll || name === first) program.addCommand(make(cli));
  }

  for (const command of everyCommand(program)) {
    command
      .helpOption("-h, --help", "print help")
      .exitOverride((error) => {
        throw isHelp(error) ? error : usageError(error, command);
      })
      .configureHelp({
        showGlobalOptions: true,
        // "[options]" behind every command tells nothing.
        subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(termOf)].join(" "),
      })
      .configureOutput({
        writeOut: (text) => cli.print(text),
        // The help of an incomplete command; errors are printed by the one renderer of errors.
        writeErr: (text) => cli.print(text),
        outputError: () => undefined,
        getOutHelpWidth: () => cli.columns,
        getErrHelpWidth: () => cli.columns,
      });
  }
  return program;
}

/** A command and all below it. */
export function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const command = new Command(name).description(description).helpCommand(false);
  for (const member of commands) command.addCommand(member);
  return command;
}

function termOf(argument: Argument): string {
  const term = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${term}>` : `[${term}]`;
}
