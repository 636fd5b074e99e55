import { runSteps } from "../cluster/run-steps.ts";
import type { Step } from "../cluster/step.ts";
import type { Ports } from "../ports/ports.ts";
import { components, type ComponentName, type ComponentSettings } from "./component-images.ts";
import { ensureComponentImage } from "./ensure-component-image.ts";
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
  const steps =
    request.nodeImage === undefined
      ? request.components.map((name, index) => prepareComponent(name, index, request, prepared))
      : [warmUp(request.nodeImage, prepared)];
  ports.reporter.report({ type: "run-started", title: "Preparing images", steps: steps.length });
  await runSteps(steps, ports, { ...ports, signal });
  ports.reporter.report({
    type: "run-finished",
    summary: "All images are ready.",
    ms: Math.round(ports.clock.monotonicMs() - startedMs),
  });
  return prepared;
}

function prepareComponent(
  name: ComponentName,
  index: number,
  { components: names, settings }: PrepareRequest,
  prepared: PreparedComponent[],
): Step<Ports> {
  return {
    id: `prepare-${name}`,
    title: () => `Preparing the ${components[name].title} image`,
    after: names.slice(0, index).map((before) => `prepare-${before}`),
    async run(ports, { signal, progress }) {
      const image = await ensureComponentImage(name, settings, ports, {
        signal,
        onProgress: progress,
      });
      prepared.push({ component: name, image });
      if (name !== "node" || !settings.isWarmAllowed) return;
      progress("unpacking what is in it, for fast starts");
      await makeWarmImage(image, ports, signal);
    },
  };
}

function warmUp(image: string, prepared: PreparedComponent[]): Step<Ports> {
  return {
    id: "prepare-node",
    title: () => `Unpacking the node image ${image}`,
    after: [],
    async run(ports, { signal }) {
      const warm = await makeWarmImage(image, ports, signal);
      if (warm === undefined) return { skipped: "it cannot be unpacked, or is being unpacked now" };
      prepared.push({ component: "node", image: warm });
      return undefined;
    },
  };
}
