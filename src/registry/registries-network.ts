import { isToolError } from "../errors/tool-error.ts";
import { planSubnet } from "../network/plan-network.ts";
import { label } from "../nodes/labels.ts";
import type { Ports } from "../ports/ports.ts";

/**
 * Where shared registries and caches live between clusters. Not the engine's default network: every container of
 * this machine is on that, and a cache gives what its login may read to all who reach it. Some engines run without it, too.
 */
export const registriesNetwork = "airfield-registries";

const role = "registries";

/** Two commands may choose the same subnet at the same moment; then one chooses again. */
const attempts = 4;

/** Makes the network unless it is there. */
export async function ensureRegistriesNetwork(
  { engine, host }: Pick<Ports, "engine" | "host">,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const [networks, { subnets }] = await Promise.all([engine.listNetworks(), host.facts()]);
    if (networks.some(({ name }) => name === registriesNetwork)) return;
    const taken = [...networks.flatMap((network) => network.subnets), ...subnets];
    try {
      await engine.createNetwork(
        {
          name: registriesNetwork,
          subnet: planSubnet(undefined, taken),
          labels: { [label.role]: role },
        },
        { signal },
      );
      return;
    } catch (error) {
      if (isToolError(error, "network-name-taken")) return;
      if (!isToolError(error, "subnet-taken") || attempt === attempts) throw error;
    }
  }
}

/** Removes it once no registry is left. One that is being made at this moment keeps it. */
export async function removeRegistriesNetworkIfUnused({
  engine,
}: Pick<Ports, "engine">): Promise<void> {
  const left = await engine.listContainers({ labels: { [label.registry]: "" } });
  if (left.length > 0) return;
  try {
    await engine.removeNetwork(registriesNetwork);
  } catch (error) {
    // "has active endpoints": somebody is on it after all.
    if (!isToolError(error, "engine-request-failed")) throw error;
  }
}
