import type { Target } from "../model/requests.ts";

/** What the arguments of a command line of Airfield's come from. */
interface Wish {
  /** Of the table of commands. */
  readonly command: string;
  readonly of: Target;
  /** A folder or file of `up` and `dev`, an image of `load-image`. */
  readonly argument?: string;
}

/** The cluster that commands mean where none is named. */
const DEFAULT_CLUSTER = "airfield";

const verbs: Readonly<Record<string, (wish: Wish) => readonly string[]>> = {
  "create-cluster": ({ of }) => ["create", "cluster", of.name],
  "delete-cluster": ({ of }) => ["delete", "cluster", of.name],
  "load-image": ({ of, argument = "" }) => ["load", "image", argument, ...onCluster(of)],
  up: ({ of, argument }) => ["up", ...argumentsOf(argument), ...onCluster(of)],
  dev: ({ of, argument }) => ["dev", ...argumentsOf(argument), ...onCluster(of)],
  down: ({ of }) => ["down", of.name, ...onCluster(of), ...inNamespace(of)],
  debug: ({ of }) => ["debug", of.name, ...onCluster(of), ...inNamespace(of)],
  "stop-debug": ({ of }) => ["debug", of.name, "--stop", ...onCluster(of), ...inNamespace(of)],
};

/** The arguments of the command of Airfield's that does it; undefined: it is none of Airfield's. */
export function planAirfield(wish: Wish): readonly string[] | undefined {
  return verbs[wish.command]?.(wish);
}

/** As a user would type it: "airfield down orders --name shop"; undefined: it is none of Airfield's commands. */
export function airfieldLine(wish: Wish): string | undefined {
  const args = planAirfield(wish);
  return args === undefined ? undefined : ["airfield", ...args.map(quoted)].join(" ");
}

function onCluster({ kind, name, cluster }: Target): readonly string[] {
  const of = kind === "Cluster" ? name : cluster;
  return of === undefined || of === DEFAULT_CLUSTER ? [] : ["--name", of];
}

function inNamespace({ namespace }: Target): readonly string[] {
  return namespace === "" || namespace === "default" ? [] : ["--namespace", namespace];
}

function argumentsOf(argument: string | undefined): readonly string[] {
  return argument === undefined ? [] : [argument];
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
