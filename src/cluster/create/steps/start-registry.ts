import type { CreationContext } from "../creation-context.ts";
import { startWithFreePort } from "../../../network/start-with-free-port.ts";
import type { Step } from "../../../steps/step.ts";

export const startRegistry: Step<CreationContext> = {
  id: "start-registry",
  title: () => "Starting registry",
  after: ["create-network"],
  appliesTo: ({ plan }) => plan.registry !== undefined,
  async run({ plan, ports, found }, { signal }) {
    const { registry } = plan;
    if (registry === undefined) return;
    await ports.engine.createVolume(registry.volume, registry.volumeLabels);
    const started = await startWithFreePort(
      registry.container,
      registry.isPortChosen ? [registry.hostPort] : [],
      ports,
      { signal },
    );
    found.registryHostPort = started.ports?.[0]?.hostPort ?? registry.hostPort;
  },
};
