import type { CreateClusterRequest } from "../../cluster/create/create-cluster.ts";
import type { AirfieldConfig } from "../../config/cluster-config.ts";
import { defaultConfig } from "../../config/default-config.ts";
import { overrideConfig } from "../../config/override-config.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { Cli } from "../cli.ts";
import type { CreationFlags, GlobalFlags, RegistryFlags } from "./flags.ts";
import { absolutePath, readConfig } from "./read-config.ts";
import {
  choose,
  chooseClusterName,
  chooseImagePolicy,
  type Environment,
  kubeconfigCandidates,
} from "./settings.ts";

/** What a creating command's flags, environment and config file ask for together. */
export async function readCreateRequest(
  cli: Cli,
  files: Files,
  flags: GlobalFlags & CreationFlags & RegistryFlags,
  argument?: string,
): Promise<CreateClusterRequest> {
  const hasRegistry = flags.registry !== false;
  const config = await readConfig(cli, files, flags.config, undefined, { hasRegistry });
  return createRequestFor(cli, files, flags, { config, argument, registry: flags.registry });
}

/** The same with a config that was read already. */
export async function createRequestFor(
  cli: Cli,
  files: Files,
  flags: GlobalFlags & CreationFlags,
  given: {
    readonly config: AirfieldConfig | undefined;
    readonly argument?: string | undefined;
    /** Not from the flags: of other commands, `--registry` says where images are pushed. */
    readonly registry?: RegistryFlags["registry"];
  },
): Promise<CreateClusterRequest> {
  const { config, argument, registry } = given;
  const { workers } = flags;
  const name = chooseClusterName({
    argument,
    flag: flags.name,
    env: cli.env,
    file: config?.cluster.name,
  });
  const image = chooseNodeImage(flags.image, cli.env);
  const overrides = {
    name,
    ...(workers === undefined ? {} : { workers }),
    ...(image === undefined ? {} : { image }),
    ...(registry === undefined ? {} : { registry }),
  };
  return {
    config: overrideConfig(config ?? defaultConfig(), overrides).cluster,
    ...(config?.origin === undefined ? {} : { origin: config.origin }),
    waitMs: flags.wait,
    retain: flags.retain ?? false,
    isEphemeral: flags.ephemeral ?? false,
    kubeconfigPath: await readKubeconfigPath(cli, files, flags.kubeconfig),
    ...(image === undefined ? {} : { image }),
    components: cli.componentSettings(chooseImagePolicy(flags.imagePolicy, cli.env)),
  };
}

/** The cluster that a command without creation flags is about. */
export async function readClusterName(
  cli: Cli,
  files: Files,
  flags: GlobalFlags,
  argument?: string,
): Promise<string> {
  const given = argument ?? flags.name ?? cli.env["AIRFIELD_CLUSTER"];
  // A config that is not needed must not be able to fail the command.
  const file =
    given === undefined || given === "" ? await readConfig(cli, files, undefined) : undefined;
  return chooseClusterName({ argument, flag: flags.name, env: cli.env, file: file?.cluster.name });
}

export async function readKubeconfigPath(
  cli: Cli,
  files: Files,
  flag: string | undefined,
): Promise<string> {
  const candidates = kubeconfigCandidates(flag, cli.env, cli.homeDirectory).map((path) =>
    absolutePath(cli.workingDirectory, path),
  );
  for (const path of candidates) {
    if ((await files.status(path)) !== undefined) return path;
  }
  return candidates.at(-1) ?? "";
}

function chooseNodeImage(flag: string | undefined, env: Environment): string | undefined {
  if (flag === "") {
    throw new ToolError("invalid-flag", { flag: "--image", value: "", reason: "it is empty" });
  }
  return choose<string | undefined>({ flag, env: env["AIRFIELD_NODE_IMAGE"], fallback: undefined });
}
