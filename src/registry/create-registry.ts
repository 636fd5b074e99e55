import { type ComponentSettings } from "../components/component-images.ts";
import { ensureComponentImage } from "../components/ensure-component-image.ts";
import { defineSteps } from "../steps/define-steps.ts";
import { runSteps } from "../steps/run-steps.ts";
import type { Step } from "../steps/step.ts";
import { undoing } from "../steps/undoing.ts";
import { registryName } from "../config/field-rules.ts";
import { isToolError, ToolError } from "../errors/tool-error.ts";
import { startWithFreePort } from "../network/start-with-free-port.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";
import { findRegistries } from "./find-registries.ts";
import { planSharedRegistry, preferredRegistryPorts } from "./plan-registry.ts";
import { ensureRegistriesNetwork, removeRegistriesNetworkIfUnused } from "./registries-network.ts";

export interface CreateRegistryRequest {
  readonly name: string;
  /** Host port on 127.0.0.1; 0: a free one is chosen. */
  readonly port: number;
  readonly components: ComponentSettings;
}

export interface CreatedRegistry {
  readonly name: string;
  /** "localhost:5001" */
  readonly address: string;
}

type CreateRegistryPorts = Pick<
  Ports,
  "engine" | "host" | "freePorts" | "random" | "clock" | "reporter" | "commands" | "files"
>;

/**
 * Makes a registry that clusters can share. Data that a registry of the name has left (`--keep-data`) is
 * there again. When it fails or is cancelled, nothing is left of it but data that was there before.
 *
 * @throws ToolError `invalid-registry-name`, `registry-exists`, `registry-name-taken`, `port-taken`
 */
export async function createRegistry(
  request: CreateRegistryRequest,
  ports: CreateRegistryPorts,
  signal: AbortSignal,
): Promise<CreatedRegistry> {
  const { name } = request;
  const { clock, reporter } = ports;
  const startedMs = clock.monotonicMs();
  const reason = registryName(name);
  if (reason !== undefined) throw new ToolError("invalid-registry-name", { name, reason });
  await refuseExisting(name, ports);

  const found = { image: "", hostPort: 0 };
  const creation = ports.random.string(12, "0123456789abcdef");
  reporter.report({
    type: "run-started",
    title: `Creating registry "${name}"`,
    steps: creationSteps.length,
  });
  await undoing(
    () => runSteps(creationSteps, { request, ports, creation, found }, { ...ports, signal }),
    {
      removeCommand: `airfield delete registry ${name}`,
      async undo() {
        await removeCreated(creation, ports);
        return [];
      },
    },
    ports,
  );
  const address = `localhost:${found.hostPort}`;
  reporter.report({
    type: "run-finished",
    summary: `Registry "${name}" is at ${address}.`,
    ms: Math.round(clock.monotonicMs() - startedMs),
  });
  return { name, address };
}

interface CreateContext {
  readonly request: CreateRegistryRequest;
  readonly ports: CreateRegistryPorts;
  readonly creation: string;
  readonly found: { image: string; hostPort: number };
}

const ensureRegistryImage: Step<CreateContext> = {
  id: "ensure-images",
  title: () => "Ensuring images",
  after: [],
  async run({ request, ports, found }, { signal, progress, output }) {
    found.image = await ensureComponentImage("registry", request.components, ports, {
      signal,
      onProgress: progress,
      onOutput: output,
    });
  },
};

const startSharedRegistry: Step<CreateContext> = {
  id: "start-registry",
  title: () => "Starting registry",
  after: ["ensure-images"],
  async run({ request, ports, creation, found }, { signal }) {
    const { name, port } = request;
    const isChosen = port === 0;
    const address = "127.0.0.1";
    const hostPort = isChosen
      ? await ports.freePorts.pick({ address, preferred: preferredRegistryPorts })
      : port;
    const { container, volume } = planSharedRegistry({
      name,
      creation,
      image: found.image,
      hostPort,
    });
    await ensureRegistriesNetwork(ports, signal);
    await ports.engine.createVolume(volume, { [label.registry]: name, [label.creation]: creation });
    try {
      const chosen = isChosen ? [hostPort] : [];
      const started = await startWithFreePort(container, chosen, ports, { signal });
      found.hostPort = started.ports?.[0]?.hostPort ?? hostPort;
    } catch (error) {
      if (!isToolError(error, "container-name-taken")) throw error;
      // Somebody else's, or that of the same command at the same moment.
      await refuseExisting(name, ports);
      throw new ToolError(
        "registry-name-taken",
        { name, container: container.name },
        { cause: error },
      );
    }
  },
};

const creationSteps = defineSteps([ensureRegistryImage, startSharedRegistry]);

async function refuseExisting(name: string, ports: Pick<Ports, "engine">): Promise<void> {
  const existing = (await findRegistries(ports)).find((registry) => registry.name === name);
  if (existing?.container !== undefined)
    throw new ToolError("registry-exists", { name, address: `localhost:${existing.hostPort}` });
}

/** Exactly what this creation made. */
async function removeCreated(creation: string, { engine }: Pick<Ports, "engine">): Promise<void> {
  const labels = { [label.creation]: creation };
  for (const { id } of await engine.listContainers({ labels })) await engine.removeContainer(id);
  for (const { name, labels: own } of await engine.listVolumes({ labels })) {
    const registry = { [label.registry]: own[label.registry] ?? "" };
    // The same command at the same moment may have been quicker with the container.
    const users = await engine.listContainers({ labels: registry });
    if (users.length === 0) await engine.removeVolume(name);
  }
  await removeRegistriesNetworkIfUnused({ engine });
}
