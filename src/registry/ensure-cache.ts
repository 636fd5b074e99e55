import { isToolError, ToolError } from "../errors/tool-error.ts";
import { label } from "../nodes/labels.ts";
import type { ContainerFile, ContainerSpec } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { planCacheContainer, type CachePlan } from "./plan-cache.ts";
import { ensureRegistriesNetwork } from "./registries-network.ts";
import type { RegistryAccess } from "./access/registry-access.ts";

/**
 * Makes a cache run as the config wants it, on the cluster's network too. One that is there already and does
 * what is wanted is left alone; one that does not is made anew, with its data and on all its networks.
 *
 * @throws ToolError `registry-name-taken`
 */
export async function ensureCache(
  cache: CachePlan,
  options: {
    readonly access: RegistryAccess;
    readonly network: string;
    /** A rollback removes what was made by it. "": made to stay. */
    readonly creation: string;
    readonly signal: AbortSignal;
  },
  ports: Pick<Ports, "engine" | "host">,
): Promise<{ readonly isNew: boolean }> {
  const { engine } = ports;
  const { access, network, creation, signal } = options;
  const host = access.hosts.find((each) => each.host === cache.host);
  if (host === undefined) throw new Error(`Nothing is known of ${cache.host}.`);
  const existing = await engine.inspectContainer(cache.container);
  if (existing !== undefined && existing.labels[label.registry] !== cache.host)
    throw new ToolError("registry-name-taken", { name: cache.host, container: cache.container });
  const wanted = planCacheContainer(
    cache,
    access,
    host,
    // One that others use already must not go with this creation.
    existing === undefined ? creation : "",
  );
  const isRight =
    existing !== undefined && (await isAsWanted(cache.container, existing.env, wanted, { engine }));
  if (!isRight) {
    await ensureRegistriesNetwork(ports, signal);
    if (existing !== undefined) await engine.removeContainer(cache.container);
    await engine.createVolume(cache.volume, {
      [label.registry]: cache.host,
      [label.role]: "cache",
      [label.creation]: creation,
    });
    await createUnlessThere(wanted, { engine }, signal);
  }
  const networks = isRight ? [] : (existing?.networks ?? []);
  for (const each of new Set([...networks, network]))
    if (each !== wanted.spec.network.name)
      await engine.connectNetwork(each, cache.container, { signal });
  await engine.startContainer(cache.container, { signal });
  return { isNew: !isRight };
}

async function isAsWanted(
  container: string,
  env: readonly string[],
  { spec, files }: ReturnType<typeof planCacheContainer>,
  { engine }: Pick<Ports, "engine">,
): Promise<boolean> {
  const wanted = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  const isProxy = (line: string) => /^(HTTPS?|NO)_PROXY=/.test(line);
  if (!wanted.every((line) => env.includes(line))) return false;
  if (env.some((line) => isProxy(line) && !wanted.includes(line))) return false;
  return hasFiles(container, files, { engine });
}

async function hasFiles(
  container: string,
  files: readonly ContainerFile[],
  { engine }: Pick<Ports, "engine">,
): Promise<boolean> {
  const found = await Promise.all(files.map(({ path }) => engine.readFile(container, path)));
  return files.every(({ content }, index) => found[index] === content);
}

/** Two clusters that are created at the same moment may need the same cache. */
async function createUnlessThere(
  { spec, files }: { readonly spec: ContainerSpec; readonly files: readonly ContainerFile[] },
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<void> {
  try {
    await engine.createContainer(spec, { signal });
  } catch (error) {
    if (!isToolError(error, "container-name-taken")) throw error;
  }
  await engine.putFiles(spec.name, files, { signal });
}
