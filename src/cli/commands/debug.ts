import { Command } from "commander";
import type { DebugResult } from "../../spring/applications/debug-application.ts";
import {
  addNameFlags,
  applicationOf,
  onCluster,
  type ApplicationNameFlags,
} from "../request/application-commands.ts";
import type { Cli } from "../cli.ts";
import { durationOption, wholeNumber } from "../request/flags.ts";
import { renderData, type ResultFormat, resultOption } from "../output/output-format.ts";

interface Flags extends ApplicationNameFlags {
  readonly port: number;
  readonly suspend?: boolean;
  readonly stop?: boolean;
  readonly timeout: number;
  readonly output: ResultFormat;
}

export function debugCommand(cli: Cli): Command {
  const command = new Command("debug")
    .description("restart an application with a debugger's port on 127.0.0.1")
    .argument("<app>", "name of the application")
    .option(
      "--port <port>",
      "port on 127.0.0.1 for the debugger; 0 picks a free one",
      wholeNumber("--port", 0, 65_535),
      5005,
    )
    .option("--suspend", "let the application wait at its start for the debugger")
    .option("--stop", "stop debugging; the next `up` does that, too")
    .addOption(
      durationOption("--timeout", "how long it may take to start", { ms: 180_000, text: "3m" }),
    )
    .addOption(resultOption());
  return addNameFlags(command).action(async (name: string, _flags: unknown, self: Command) => {
    const flags = self.optsWithGlobals<Flags>();
    await onCluster(cli, flags, async (create, ports) => {
      const application = applicationOf(name, flags);
      if (flags.stop === true) {
        const request = { create, request: application };
        const wasDebugged = await cli.useCases.stopDebugging(request, ports, cli.signal);
        if (flags.output !== "text") return renderData({ name, wasDebugged }, flags.output);
        return wasDebugged ? `${name} runs as before.\n` : `${name} was not debugged.\n`;
      }
      cli.begin(`Debugging ${name}`);
      const request = {
        ...application,
        hostPort: flags.port,
        suspend: flags.suspend ?? false,
        timeoutMs: flags.timeout,
      };
      const result = await cli.useCases.debugApplication({ create, request }, ports, cli.signal);
      return flags.output === "text" ? describe(result) : renderData(result, flags.output);
    });
  });
}

function describe({ name, address, pod, suspend }: DebugResult): string {
  const [host = "", port = ""] = address.split(":");
  const launch = {
    ...{ type: "java", request: "attach", name },
    ...{ hostName: host, port: Number(port) },
  };
  return [
    suspend
      ? `${pod} waits for a debugger on ${address}.`
      : `${pod} takes a debugger on ${address}.`,
    `IntelliJ    Run | Attach to Remote JVM: host ${host}, port ${port}`,
    `VS Code     ${JSON.stringify(launch)}`,
    `jdb         jdb -attach ${address}`,
    `Afterwards  airfield debug ${name} --stop`,
    "",
  ].join("\n");
}
