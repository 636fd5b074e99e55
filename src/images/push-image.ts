import { isToolError, ToolError } from "../errors/tool-error.ts";
import type { CommandResult } from "../ports/commands.ts";
import type { Ports } from "../ports/ports.ts";

/** The name of an image in a registry: "registry.test:5000/shop" and "airfield.internal/users:1" give "…/shop/users:1". */
export function nameInRegistry(registry: string, image: string): string {
  return `${registry}/${image.slice(image.lastIndexOf("/") + 1)}`;
}

/**
 * Pushes an image of the engine under another name, by the docker CLI, which knows the user's logins.
 * Throws `image-not-pushed` and `docker-cli-missing`.
 */
export async function pushImage(
  image: string,
  target: string,
  {
    ports: { engine, commands },
    signal,
    onProgress,
  }: {
    readonly ports: Pick<Ports, "engine" | "commands">;
    readonly signal?: AbortSignal;
    readonly onProgress?: (detail: string) => void;
  },
): Promise<void> {
  await engine.tagImage(image, target);
  const { address } = await engine.info();
  const pushed = await commands
    .run(["docker", "push", target], {
      // The CLI could be set to another engine than the one that has the image.
      ...(address.startsWith("unix:") ? { env: { DOCKER_HOST: address } } : {}),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onLine: onProgress }),
    })
    .catch((error: unknown) => {
      if (!isToolError(error, "program-not-found")) throw error;
      throw new ToolError("docker-cli-missing", { image }, { cause: error });
    });
  if (pushed.exitCode === 0) return;
  throw new ToolError("image-not-pushed", { image: target, reason: lastLineOf(pushed) });
}

/** Where programs say why they failed. */
function lastLineOf({ stdout, stderr }: CommandResult): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  return (text.trim().split("\n").at(-1) ?? "").replace(/\.$/, "");
}
