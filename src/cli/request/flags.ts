import { type Command, Option } from "commander";
import { imagePolicies } from "../../components/component-images.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { parseDuration } from "./duration.ts";
import { oneOf, progressChoices } from "./settings.ts";

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly name?: string;
  readonly progress?: string;
  readonly quiet?: boolean;
}

export function addGlobalFlags(program: Command): Command {
  return program
    .option("--name <cluster>", 'cluster to use (AIRFIELD_CLUSTER; default "airfield")')
    .addOption(
      choiceOption(
        "--progress <format>",
        "how to show progress (AIRFIELD_PROGRESS)",
        progressChoices,
      ),
    )
    .option("-q, --quiet", "show no progress, only results, warnings and errors")
    .option("--ascii", "draw with ASCII signs only (default where the locale is not UTF-8)");
}

/** Flags of the commands that may make a cluster. */
export interface CreationFlags {
  readonly config?: string;
  readonly workers?: number;
  readonly image?: string;
  readonly imagePolicy?: string;
  readonly wait: number;
  readonly retain?: boolean;
  readonly ephemeral?: boolean;
  readonly kubeconfig?: string;
}

export function addCreationFlags(command: Command): Command {
  return command
    .option(
      "--config <file>",
      "airfield.yaml or a kind config; - reads stdin (AIRFIELD_CONFIG; default ./airfield.yaml if there is one)",
    )
    .option("--workers <count>", "number of workers", wholeNumber("--workers", 0, 200))
    .option("--image <image>", "node image (AIRFIELD_NODE_IMAGE)")
    .addOption(imagePolicyOption())
    .addOption(
      durationOption(
        "--wait",
        "time limit for the creation (without images), until all nodes are Ready and DNS answers; 0 does not wait for these two",
        {
          ms: 5 * 60_000,
          text: "5m",
        },
      ),
    )
    .option("--retain", "keep what was created when the creation fails")
    .option(
      "--ephemeral",
      "etcd in memory: faster, and lost when a node is restarted (`run` always does)",
    )
    .addOption(kubeconfigOption());
}

/** Flags of the commands that make a cluster and nothing else. */
export interface RegistryFlags {
  /** Name of a shared registry; false: no registry at all. */
  readonly registry?: string | false;
}

export function addRegistryFlags(command: Command): Command {
  return command
    .option(
      "--registry <name>",
      "use this shared registry (`airfield create registry`) instead of the cluster's own",
    )
    .option("--no-registry", "run no registry");
}

export function imagePolicyOption(): Option {
  return choiceOption(
    "--image-policy <policy>",
    "where Airfield's own images come from (AIRFIELD_IMAGE_POLICY)",
    imagePolicies,
  );
}

/** A flag that takes a duration; help shows its default as people write it. */
export function durationOption(
  flag: string,
  description: string,
  fallback: { readonly ms: number; readonly text: string },
): Option {
  return new Option(`${flag} <duration>`, description)
    .default(fallback.ms, fallback.text)
    .argParser(duration(flag));
}

export function loadTimeoutOption(): Option {
  return durationOption("--timeout", "how long the nodes may take to have them", {
    ms: 10 * 60_000,
    text: "10m",
  });
}

export function kubeconfigOption(): Option {
  return new Option(
    "--kubeconfig <file>",
    "kubeconfig to change (KUBECONFIG; default ~/.kube/config)",
  );
}

/** An option that takes one of a few words; help and completion list them. */
export function choiceOption(
  flags: string,
  description: string,
  choices: readonly string[],
): Option {
  const option = new Option(flags, description).choices(choices);
  return option.argParser((value: string) => oneOf(value, choices, option.long ?? flags));
}

/** A parser of whole numbers from `least` to `most`. */
export function wholeNumber(flag: string, least: number, most: number) {
  return (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new ToolError("invalid-flag", {
      flag,
      value,
      reason: `it takes a whole number from ${least} to ${most}`,
    });
  };
}

/** A parser of durations, in milliseconds. */
export function duration(flag: string) {
  return (value: string): number => {
    const ms = parseDuration(value);
    if (ms !== undefined) return ms;
    throw new ToolError("invalid-flag", {
      flag,
      value,
      reason: "it takes a duration such as 90s, 5m or 1m30s",
    });
  };
}

/** A parser of lists with commas that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(",").filter((part) => part !== "")];
}

/** A parser of flags that may be repeated, whose values may hold commas. */
export function collectWhole(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** A parser of NAME=VALUE flags that may be repeated. */
export function collectPairs(flag: string) {
  return (value: string, previous: Readonly<Record<string, string>> = {}) => {
    const equals = value.indexOf("=");
    if (equals > 0) return { ...previous, [value.slice(0, equals)]: value.slice(equals + 1) };
    throw new ToolError("invalid-flag", { flag, value, reason: "it takes NAME=VALUE" });
  };
}
