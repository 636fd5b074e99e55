import type {
  LabelFilter,
  NetworkInfo,
  NetworkSpec,
  WaitOptions,
} from "../../ports/container-engine.ts";
import { ignoring } from "./containers.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { labelFilters } from "./label-filters.ts";

export async function createNetwork(
  connection: EngineConnection,
  spec: NetworkSpec,
  { signal }: WaitOptions = {},
): Promise<string> {
  const { id } = await connection.call(
    {
      action: `create the network ${spec.name}`,
      network: spec.name,
      subnet: spec.subnet,
      signal,
      waitsWhenAborted: true,
    },
    (docker) =>
      docker.createNetwork({
        Name: spec.name,
        Driver: "bridge",
        // Engines before 25 allow two networks of one name unless told not to.
        CheckDuplicate: true,
        IPAM: {
          Driver: "default",
          Config: [
            {
              Subnet: spec.subnet,
              ...(spec.dynamicRange === undefined ? {} : { IPRange: spec.dynamicRange }),
            },
          ],
        },
        Labels: { ...spec.labels },
        Options: { ...spec.options },
      }),
  );
  return id;
}

export async function removeNetwork(connection: EngineConnection, network: string): Promise<void> {
  await connection.call({ action: `remove the network ${network}`, network }, (docker) =>
    ignoring([404], docker.getNetwork(encodeURIComponent(network)).remove()),
  );
}

export async function connectNetwork(
  connection: EngineConnection,
  network: string,
  container: string,
  { signal }: WaitOptions = {},
): Promise<void> {
  const action = `connect the container ${container} to the network ${network}`;
  await connection.call({ action, container, signal, waitsWhenAborted: true }, async (docker) => {
    try {
      await docker.getNetwork(encodeURIComponent(network)).connect({ Container: container });
    } catch (error) {
      // Engines word it differently: "endpoint with name x already exists in network y" (403),
      // "container x is already attached to network y" (409 since 29).
      if (!/already (exists in|attached to) network/i.test(String(error))) throw error;
    }
  });
}

export async function disconnectNetwork(
  connection: EngineConnection,
  network: string,
  container: string,
): Promise<void> {
  const action = `disconnect the container ${container} from the network ${network}`;
  await connection.call({ action, container }, async (docker) => {
    try {
      await docker
        .getNetwork(encodeURIComponent(network))
        .disconnect({ Container: container, Force: true });
    } catch (error) {
      const { statusCode } = error as { readonly statusCode?: number };
      if (statusCode !== 404 && !/is not connected to/i.test(String(error))) throw error;
    }
  });
}

export async function listNetworks(
  connection: EngineConnection,
  filter: LabelFilter | undefined,
): Promise<readonly NetworkInfo[]> {
  const found = await connection.call({ action: "list networks" }, (docker) =>
    docker.listNetworks(filter === undefined ? {} : { filters: labelFilters(filter.labels) }),
  );
  return found
    .map((each) => ({
      id: each.Id,
      name: each.Name,
      subnets: (each.IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet ? [Subnet] : [])),
      labels: each.Labels ?? {},
      options: each.Options ?? {},
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
