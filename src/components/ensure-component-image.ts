import { ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { components, type ComponentName, type ComponentSettings } from "./component-images.ts";

export type EnsureComponentPorts = Pick<Ports, "engine" | "commands">;

export interface EnsureComponentOptions {
  readonly signal?: AbortSignal;
  /** Told what is being done, line by line. */
  readonly onProgress?: (detail: string) => void;
}

/**
 * Makes a component's image available to the engine and resolves with its reference. Idempotent; a
 * local image costs one question to the engine.
 *
 * @throws ToolError `component-image-unavailable` with what was tried
 */
export async function ensureComponentImage(
  name: ComponentName,
  settings: ComponentSettings,
  ports: EnsureComponentPorts,
  options: EnsureComponentOptions = {},
): Promise<string> {
  const local =
    settings.policy === "build" ? undefined : await findLocalImage(name, settings, ports);
  if (local !== undefined && settings.policy !== "pull") return local;

  const { pinned, title } = components[name];
  const tried: string[] = [];
  let cause: unknown;
  if (settings.policy === "local") tried.push("no local image, and only local ones are allowed");
  if (settings.policy === "auto" || settings.policy === "pull") {
    try {
      options.onProgress?.(`pulling ${pinned}`);
      await ports.engine.pullImage(pinned, { ...options });
      return pinned;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ToolError) || error.code !== "image-not-found") throw error;
      cause = error;
      tried.push(error.message);
    }
  }
  const builtTag = settings.builtTags[name];
  if (settings.policy === "auto" || settings.policy === "build") {
    if (settings.imagesFolder === undefined || builtTag === undefined) {
      tried.push("this installation has no build script for it");
    } else {
      await buildComponentImage(name, settings.imagesFolder, ports, options);
      return builtTag;
    }
  }
  throw new ToolError(
    "component-image-unavailable",
    { component: title, tried: tried.join("; ") },
    { cause },
  );
}

/** What `ensureComponentImage` would resolve with where nothing goes wrong; nothing is pulled or built. */
export async function expectedComponentImage(
  name: ComponentName,
  settings: ComponentSettings,
  ports: Pick<Ports, "engine">,
): Promise<string> {
  return (
    (await findLocalImage(name, settings, ports)) ??
    settings.builtTags[name] ??
    components[name].pinned
  );
}

/** The reference of the component's image if the engine has it: the built one first, then the pinned one. */
export async function findLocalImage(
  name: ComponentName,
  settings: ComponentSettings,
  ports: Pick<Ports, "engine">,
): Promise<string | undefined> {
  const builtTag = settings.builtTags[name];
  if (builtTag !== undefined && (await ports.engine.inspectImage(builtTag)) !== undefined)
    return builtTag;
  const { pinned } = components[name];
  return (await ports.engine.inspectImage(pinned)) === undefined ? undefined : pinned;
}

async function buildComponentImage(
  name: ComponentName,
  imagesFolder: string,
  ports: Pick<Ports, "commands">,
  { signal, onProgress }: EnsureComponentOptions,
): Promise<void> {
  onProgress?.(`building images/${name} (the first time this takes minutes)`);
  const { exitCode, stderr } = await ports.commands.run([`${imagesFolder}/build`, name], {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onLine: onProgress }),
  });
  if (exitCode === 0) return;
  throw new ToolError("component-image-unavailable", {
    component: components[name].title,
    tried: `${imagesFolder}/build ${name} ended with exit code ${exitCode}: ${stderr.trimEnd().split("\n").slice(-15).join("\n")}`,
  });
}
