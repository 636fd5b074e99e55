import { Option } from "commander";
import type { Files } from "../../ports/files.ts";
import type { Cli } from "../cli.ts";
import { readClusterName } from "./cluster-request.ts";
import { collect, type GlobalFlags } from "./flags.ts";

/** Flags of commands that are about nodes of a cluster. */
export interface NodesFlags extends GlobalFlags {
  readonly nodes?: readonly string[];
}

export interface NodesRequest {
  readonly cluster: string;
  /** All of the cluster's when left out. */
  readonly nodes?: readonly string[];
}

export function nodesOption(): Option {
  return new Option(
    "--nodes <names>",
    "only these nodes, separated by commas (default: all)",
  ).argParser(collect);
}

export async function readNodesRequest(
  cli: Cli,
  files: Files,
  flags: NodesFlags,
): Promise<NodesRequest> {
  const cluster = await readClusterName(cli, files, flags);
  return { cluster, ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }) };
}
