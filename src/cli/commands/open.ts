import { Command } from "commander";
import {
  addNameFlags,
  applicationOf,
  onCluster,
  type ApplicationNameFlags,
} from "../request/application-commands.ts";
import type { Cli } from "../cli.ts";

export function openCommand(cli: Cli): Command {
  const command = new Command("open")
    .description("open an application in the browser, or print its URL where there is none")
    .argument("<app>", "name of the application");
  return addNameFlags(command).action(async (name: string, _flags: unknown, self: Command) => {
    const flags = self.optsWithGlobals<ApplicationNameFlags>();
    await onCluster(cli, flags, async (create, ports) => {
      const request = { ...applicationOf(name, flags), opener: openerOf(cli) };
      const { url } = await cli.useCases.openApplication({ create, request }, ports, cli.signal);
      return `${url}\n`;
    });
  });
}

/** The program that opens URLs; undefined on a machine without a desktop. */
function openerOf({ env, platform }: Cli): string | undefined {
  if (platform === "darwin") return "open";
  const hasDesktop = [env["DISPLAY"], env["WAYLAND_DISPLAY"]].some((value) => (value ?? "") !== "");
  return hasDesktop ? "xdg-open" : undefined;
}
