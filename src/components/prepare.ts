import { runSteps } from "../steps/run-steps.ts";
import type { Step } from "../steps/step.ts";
import type { Ports } from "../ports/ports.ts";
import {
  componentNames,
  components,
  type ComponentName,
  type ComponentSettings,
} from "./component-images.ts";
import { ensureComponentImage, findLocalImage } from "./ensure-component-image.ts";
import { makeWarmImage } from "./warm-image.ts";

export interface PrepareRequest {
  readonly components: readonly ComponentName[];
  readonly settings: ComponentSettings;
  /** Only makes this node image of the user's own warm, which the engine has. */
  readonly nodeImage?: string;
}

export interface PreparedComponent {
  readonly component: ComponentName;
  readonly image: string;
}

/** Makes component images available, one after the other: each build takes all processors. */
export async function prepareComponents(
  request: PrepareRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly PreparedComponent[]> {
  const prepared: PreparedComponent[] = [];
  const startedMs = ports.clock.monotonicMs();
  const steps = preparationSteps(request, prepared);
  ports.reporter.report({ type: "run-started", title: "Preparing images", steps: steps.length });
  await runSteps(steps, ports, { ...ports, signal });
  ports.reporter.report({
    type: "run-finished",
    summary: "All images are ready.",
    ms: Math.round(ports.clock.monotonicMs() - startedMs),
  });
  return prepared;
}

/** The node image is unpacked last, to hold the Java runtimes as well. */
function preparationSteps(
  { components: names, settings, nodeImage }: PrepareRequest,
  prepared: PreparedComponent[],
): readonly Step<Ports>[] {
  if (nodeImage !== undefined) {
    const onUnpacked = (image: string) => prepared.push({ component: "node", image });
    return [unpackNodeImage(() => nodeImage, { after: [], settings, onUnpacked })];
  }
  const steps = names.map((name, index) =>
    prepareComponent(name, names[index - 1], settings, prepared),
  );
  if (!names.includes("node") || !settings.isWarmAllowed) return steps;
  const builtNode = () => prepared.find(({ component }) => component === "node")?.image ?? "";
  return [...steps, unpackNodeImage(builtNode, { after: steps.map(({ id }) => id), settings })];
}

function prepareComponent(
  name: ComponentName,
  before: ComponentName | undefined,
  settings: ComponentSettings,
  prepared: PreparedComponent[],
): Step<Ports> {
  return {
    id: `prepare-${name}`,
    title: () => `Preparing the ${components[name].title} image`,
    after: before === undefined ? [] : [`prepare-${before}`],
    async run(ports, { signal, progress, output }) {
      const image = await ensureComponentImage(name, settings, ports, {
        signal,
        onProgress: progress,
        onOutput: output,
      });
      prepared.push({ component: name, image });
    },
  };
}

/** With the Java runtimes that are there: the greatest part of an application's image, which then nobody has to bring. */
function unpackNodeImage(
  findImage: () => string,
  {
    after,
    settings,
    onUnpacked,
  }: {
    readonly after: readonly string[];
    readonly settings: ComponentSettings;
    readonly onUnpacked?: (image: string) => void;
  },
): Step<Ports> {
  return {
    id: "unpack-node-image",
    title: () => "Unpacking what every node has, for fast starts",
    after,
    async run(ports, { signal }) {
      const runtimes = componentNames.filter((name) => name.startsWith("jre-"));
      const found = await Promise.all(
        runtimes.map((name) => findLocalImage(name, settings, ports)),
      );
      const preloaded = found.filter((image) => image !== undefined);
      const warm = await makeWarmImage(findImage(), preloaded, ports, signal);
      if (warm === undefined) return { skipped: "it cannot be unpacked, or is being unpacked now" };
      onUnpacked?.(warm);
      return undefined;
    },
  };
}
