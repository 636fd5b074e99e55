import { isToolError } from "../errors/tool-error.ts";
import type { ContainerSpec } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";

/** Two commands that choose ports at the same moment may choose the same; a third choice is luck enough. */
const attempts = 5;

/**
 * Creates and starts a container. A host port that we chose ourselves and that is gone by now is
 * replaced by another; one that the user chose is an error (`port-taken`).
 *
 * @param prepare is run between creation and start
 * @returns the spec as it was started
 */
export async function startWithFreePort(
  spec: ContainerSpec,
  chosenHostPorts: readonly number[],
  ports: Pick<Ports, "engine" | "freePorts">,
  options: {
    readonly signal: AbortSignal;
    readonly prepare?: (container: string) => Promise<void>;
  },
): Promise<ContainerSpec> {
  const { engine, freePorts } = ports;
  const { signal, prepare } = options;
  const own = new Set(chosenHostPorts);
  let current = spec;
  for (let attempt = 1; ; attempt++) {
    await engine.createContainer(current, { signal });
    await prepare?.(current.name);
    try {
      await engine.startContainer(current.name, { signal });
      return current;
    } catch (error) {
      if (!isToolError(error, "port-taken") || attempt === attempts) throw error;
      const taken = error.facts.port;
      const isOurChoice = (port: number) => own.has(port) && (taken === 0 || port === taken);
      if (!current.ports?.some(({ hostPort }) => isOurChoice(hostPort))) throw error;
      await engine.removeContainer(current.name);
      const replaced = await Promise.all(
        current.ports.map(async (publication) => {
          if (!isOurChoice(publication.hostPort)) return publication;
          const hostPort = await freePorts.pick({ address: publication.hostAddress });
          own.add(hostPort);
          return { ...publication, hostPort };
        }),
      );
      current = { ...current, ports: replaced };
    }
  }
}
