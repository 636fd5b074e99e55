import type { Ports } from "../ports/ports.ts";

/**
 * Reads what a node image says of itself from a container of it, which need not run. A file that the image lacks is
 * undefined; whether it may lack it is the caller's to say.
 */
export async function readNodeImageManifests(
  container: string,
  { engine }: Pick<Ports, "engine">,
  signal: AbortSignal,
): Promise<{
  readonly kubernetesVersion: string | undefined;
  readonly defaultCni: string | undefined;
  readonly defaultStorage: string | undefined;
}> {
  const read = (path: string) => engine.readFile(container, path, { signal });
  const [version, defaultCni, defaultStorage] = await Promise.all([
    read("/kind/version"),
    read("/kind/manifests/default-cni.yaml"),
    read("/kind/manifests/default-storage.yaml"),
  ]);
  return { kubernetesVersion: version?.trim(), defaultCni, defaultStorage };
}
