import { ToolError } from "../errors/tool-error.ts";
import type { CommandResult } from "../ports/commands.ts";
import type { Ports } from "../ports/ports.ts";
import { formatDuration } from "../progress/format-duration.ts";
import { withDeadline } from "../steps/wait-until.ts";
import { ifCliIsThere } from "./build-from-dockerfile.ts";

/** Far above what an image of a few gigabytes takes to a registry that is slow. */
const PUSH_MS = 30 * 60_000;

/** The name of an image in a registry: "registry.test:5000/shop" and "airfield.internal/users:1" give "…/shop/users:1". */
export function nameInRegistry(registry: string, image: string): string {
  return `${registry}/${image.slice(image.lastIndexOf("/") + 1)}`;
}

/**
 * Pushes an image of the engine under another name, by the engine's CLI, which knows the user's logins.
 *
 * @throws ToolError `image-not-pushed`, `docker-cli-missing`
 */
export async function pushImage(
  image: string,
  target: string,
  {
    ports: { engine, engineCli, clock },
    signal,
    onProgress,
  }: {
    readonly ports: Pick<Ports, "clock" | "engine" | "engineCli">;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: (detail: string) => void;
  },
): Promise<void> {
  await engine.tagImage(image, target);
  let lastLine = "";
  const onLine = (line: string) => {
    lastLine = line.trim();
    onProgress?.(line);
  };
  const pushed = await withDeadline(
    (until) => ifCliIsThere(image, () => engineCli.push(target, { signal: until, onLine })),
    {
      ...{ clock, signal, withinMs: PUSH_MS },
      onDeadline() {
        const said = lastLine === "" ? "it said nothing" : `it said last: ${lastLine}`;
        const reason = `docker push did not end within ${formatDuration(PUSH_MS)}; ${said}`;
        return new ToolError("image-not-pushed", { image: target, reason });
      },
    },
  );
  if (pushed.exitCode === 0) return;
  throw new ToolError("image-not-pushed", { image: target, reason: lastLineOf(pushed) });
}

/** Where programs say why they failed. */
function lastLineOf({ stdout, stderr }: CommandResult): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  return (text.trim().split("\n").at(-1) ?? "").replace(/\.$/, "");
}
