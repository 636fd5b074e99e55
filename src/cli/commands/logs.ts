import { Command } from "commander";
import { createPodPainter } from "../../progress/pod-painter.ts";
import {
  addNameFlags,
  applicationOf,
  onCluster,
  type ApplicationNameFlags,
} from "../request/application-commands.ts";
import type { Cli } from "../cli.ts";
import { duration, wholeNumber } from "../request/flags.ts";

interface Flags extends ApplicationNameFlags {
  readonly follow?: boolean;
  /** Milliseconds. */
  readonly since?: number;
  readonly tail?: number;
  readonly previous?: boolean;
}

export function logsCommand(cli: Cli): Command {
  const command = new Command("logs")
    .description("print the logs of all pods of an application, each line with its pod's name")
    .argument("<app>", "name of the application")
    .option("-f, --follow", "follow until Ctrl-C, including pods that start later")
    .option(
      "--since <duration>",
      "show only newer lines, for example 10m or 2h",
      duration("--since"),
    )
    .option(
      "--tail <lines>",
      "show only the last lines of each pod",
      wholeNumber("--tail", 0, 1_000_000),
    )
    .option("--previous", "show the logs of the containers before their last restart");
  return addNameFlags(command).action(async (name: string, _flags: unknown, self: Command) => {
    const flags = self.optsWithGlobals<Flags>();
    const paint = createPodPainter(cli.hasColour);
    await onCluster(cli, flags, async (create, ports) => {
      const request = {
        ...applicationOf(name, flags),
        follow: flags.follow ?? false,
        previous: flags.previous ?? false,
        ...(flags.since === undefined || flags.since === 0 ? {} : { sinceMs: flags.since }),
        ...(flags.tail === undefined ? {} : { tail: flags.tail }),
      };
      const onLine = ({ pod, line }: { readonly pod: string; readonly line: string }) =>
        cli.print(`${paint(pod)} | ${line}\n`);
      await cli.useCases.showLogs({ create, request: { ...request, onLine } }, ports, cli.signal);
      return undefined;
    });
  });
}
