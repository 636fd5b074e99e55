import { isToolError, ToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { components, type ComponentName, type ComponentSettings } from "./component-images.ts";

export type EnsureComponentPorts = Pick<Ports, "engine" | "commands" | "files">;

export interface EnsureComponentOptions {
  readonly signal?: AbortSignal;
  /** Told what is being done: a few lines, also of a build that takes minutes. */
  readonly onProgress?: (detail: string, fraction?: number) => void;
  /** Told each line that the build's programs print. */
  readonly onOutput?: (source: string, line: string) => void;
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
      if (!isToolError(error, "image-not-found")) throw error;
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
  ports: Pick<Ports, "commands" | "files">,
  { signal, onProgress, onOutput }: EnsureComponentOptions,
): Promise<void> {
  onProgress?.(`building images/${name} (the first time this takes minutes)`);
  const parts = partsOf((await ports.files.readText(`${imagesFolder}/${name}/recipe`)) ?? "");
  const { exitCode, stderr } = await ports.commands.run([`${imagesFolder}/build`, name], {
    ...(signal === undefined ? {} : { signal }),
    onLine(line) {
      const said = /^images: (.+)/.exec(line)?.[1];
      if (said === undefined) onOutput?.(`images/${name}`, line);
      else onProgress?.(...countPart(said, parts));
    },
  });
  if (exitCode === 0) return;
  throw new ToolError("component-image-unavailable", {
    component: components[name].title,
    tried: [
      `${imagesFolder}/build ${name} ended with exit code ${exitCode}:`,
      ...lastLines(stderr),
    ].join("\n  "),
  });
}

const SHOWN_LINES = 12;

/** What was downloaded before the failure says nothing of it. */
function lastLines(output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.filter((line) => !line.startsWith("go: downloading "));
  return telling.map((line) => line.replace(/^images: /, "")).slice(-SHOWN_LINES);
}

/** The programs that a recipe of images/ builds, in its order: what takes most of the time. */
function partsOf(recipe: string): readonly string[] {
  return [...recipe.matchAll(/\bgo_binaries "[^"]*\/([^"/]+)"/g)].map(([, part = ""]) => part);
}

/** "Built etcd in 61 s." becomes "Built etcd in 61 s (5 of 8)." What was built earlier counts, too: it is told by its place. */
function countPart(said: string, parts: readonly string[]): [detail: string, fraction?: number] {
  const [, verb, part = ""] = /^(Building|Built) (\S+) (?:with|in) /.exec(said) ?? [];
  const place = parts.indexOf(part) + 1;
  if (place === 0 || parts.length < 2) return [said];
  const done = verb === "Built" ? place : place - 1;
  return [`${said.replace(/\.$/, "")} (${place} of ${parts.length}).`, done / parts.length];
}
