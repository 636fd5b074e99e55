import type { Command } from "commander";
import type { CreateClusterRequest } from "../../cluster/create/create-cluster.ts";
import type { Ports } from "../../ports/ports.ts";
import type { Cli } from "../cli.ts";
import { readCreateRequest } from "./cluster-request.ts";
import type { GlobalFlags } from "./flags.ts";
import { runCommand } from "../run-command.ts";

/** Flags of the commands on an application by its name. */
export interface ApplicationNameFlags extends GlobalFlags {
  readonly namespace?: string;
  readonly config?: string;
}

export function addNameFlags(command: Command): Command {
  return command
    .option("--config <file>", "airfield.yaml; - reads stdin (AIRFIELD_CONFIG)")
    .option("-n, --namespace <namespace>", "namespace it runs in (default: any)");
}

/** Work on a cluster that is there; the text it resolves with is printed. */
export async function onCluster(
  cli: Cli,
  flags: ApplicationNameFlags,
  work: (create: CreateClusterRequest, ports: Ports) => Promise<string | undefined>,
): Promise<void> {
  await runCommand(cli, flags, async (ports) =>
    work(await readCreateRequest(cli, ports.files, { ...flags, wait: 0 }), ports),
  );
}

/** The fields of a request that says which application. */
export function applicationOf(
  name: string,
  { namespace }: ApplicationNameFlags,
): { readonly name: string; readonly namespace?: string } {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}
