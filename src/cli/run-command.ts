import type { Ports } from "../ports/ports.ts";
import type { Cli } from "./cli.ts";
import type { GlobalFlags } from "./request/flags.ts";
import { chooseProgress } from "./request/settings.ts";

/**
 * Runs a command's work with ports of its own. The text it resolves with is the command's result and is
 * printed after the progress display has ended, so that the two never mix on a terminal.
 */
export async function runCommand(
  cli: Cli,
  flags: GlobalFlags,
  work: (ports: Ports) => Promise<string | undefined>,
): Promise<void> {
  const { ports, close } = await cli.openPorts(
    chooseProgress({
      flag: flags.progress,
      quiet: flags.quiet ?? false,
      env: cli.env,
      isTerminal: cli.isTerminal,
    }),
  );
  // What a command that was killed has left, as `run` its kubeconfig.
  const tidying = ports.files.removeAbandonedDirectories("airfield-");
  let result: string | undefined;
  try {
    result = await work(ports);
  } finally {
    await tidying;
    await close();
  }
  if (result !== undefined && result !== "") cli.print(result);
}
