import * as path from "node:path";
import { splitRegistry } from "../../formats/image-reference.ts";
import type { Commands } from "../../ports/commands.ts";
import type { Files } from "../../ports/files.ts";

/** Credentials for a registry; sent to the engine with a pull. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

export interface CredentialSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly files: Pick<Files, "readText">;
  readonly commands: Pick<Commands, "run">;
}

/** Under this name `docker login` keeps what is for Docker Hub. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/**
 * The credentials that `docker login` has kept for an image's registry: the engine itself knows none.
 * Undefined without a login, or when it cannot be read: the pull is tried without and its failure says so.
 * https://docs.docker.com/reference/cli/docker/login/#credential-stores
 */
export async function findRegistryCredentials(
  image: string,
  sources: CredentialSources,
): Promise<RegistryCredentials | undefined> {
  const config = await readConfig(sources);
  const registry = registryOf(image);
  const helper = config.credHelpers?.[registry] ?? config.credsStore;
  if (helper !== undefined && /^[\w.-]+$/.test(helper)) {
    const kept = await askHelper(helper, registry, sources.commands);
    if (kept !== undefined) return kept;
  }
  const entry = config.auths?.[registry] ?? config.auths?.[`https://${registry}`];
  if (entry?.identitytoken) {
    return { identitytoken: entry.identitytoken, serveraddress: registry };
  }
  const [, username, password] =
    /^([^:]+):(.*)$/s.exec(Buffer.from(entry?.auth ?? "", "base64").toString("utf8")) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username, password, serveraddress: registry };
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { auth?: string; identitytoken?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

async function readConfig({ env, homeDirectory, files }: CredentialSources): Promise<DockerConfig> {
  const folder = env["DOCKER_CONFIG"] || path.join(homeDirectory, ".docker");
  try {
    const text = await files.readText(path.join(folder, "config.json"));
    return (JSON.parse(text ?? "{}") ?? {}) as DockerConfig;
  } catch {
    // Unreadable or no JSON: as good as no login; finding the engine complains about the latter.
    return {};
  }
}

/** As `docker login` names the registry of an image. */
function registryOf(image: string): string {
  const { registry } = splitRegistry(image);
  return registry === "docker.io" ? DOCKER_HUB : registry;
}

/** https://github.com/docker/docker-credential-helpers: the registry's name in, JSON out, 1 for "not found". */
async function askHelper(
  helper: string,
  registry: string,
  commands: CredentialSources["commands"],
): Promise<RegistryCredentials | undefined> {
  try {
    const program = `docker-credential-${helper}`;
    const { exitCode, stdout } = await commands.run([program, "get"], { stdin: registry });
    if (exitCode !== 0) return undefined;
    const { Username, Secret } = JSON.parse(stdout) as { Username?: string; Secret?: string };
    if (Username === undefined || Secret === undefined) return undefined;
    return Username === "<token>"
      ? { identitytoken: Secret, serveraddress: registry }
      : { username: Username, password: Secret, serveraddress: registry };
  } catch {
    // No such helper, or it does not speak JSON: a config copied from another machine.
    return undefined;
  }
}
