import { runSteps } from "../cluster/run-steps.ts";
import type { Step } from "../cluster/step.ts";
import type { Ports } from "../ports/ports.ts";
import { components, type ComponentName, type ComponentSettings } from "./component-images.ts";
import { ensureComponentImage } from "./ensure-component-image.ts";
import { makeWarmImage } from "./warm-image.ts";

export interface PreparedComponent {
  readonly component: ComponentName;
  readonly image: string;
}

/** Makes component images available, one after the other: each build takes all processors. */
export async function prepareComponents(
  request: { readonly components: readonly ComponentName[]; readonly settings: ComponentSettings },
  ports: Ports,
  signal: AbortSignal,
): Promise<readonly PreparedComponent[]> {
  const prepared: PreparedComponent[] = [];
  const startedMs = ports.clock.monotonicMs();
  ports.reporter.report({
    type: "run-started",
    title: "Preparing images",
    steps: request.components.length,
  });
  const steps = request.components.map((name, index): Step<undefined> => ({
    id: `prepare-${name}`,
    title: () => `Preparing the ${components[name].title} image`,
    after: request.components.slice(0, index).map((before) => `prepare-${before}`),
    async run(_context, control) {
      const image = await ensureComponentImage(name, request.settings, ports, {
        signal: control.signal,
        onProgress: (detail) => control.progress(detail),
      });
      prepared.push({ component: name, image });
      if (name !== "node" || !request.settings.isWarmAllowed) return;
      control.progress("unpacking what is in it, for fast starts");
      await makeWarmImage(image, ports, control.signal);
    },
  }));
  await runSteps(steps, undefined, { ...ports, signal });
  ports.reporter.report({
    type: "run-finished",
    summary: "All images are ready.",
    ms: Math.round(ports.clock.monotonicMs() - startedMs),
  });
  return prepared;
}
