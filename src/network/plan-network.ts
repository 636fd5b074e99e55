import {
  doNetworksOverlap,
  parseNetwork,
  renderIpv4,
  renderNetwork,
  sizeOf,
  type Ipv4Network,
} from "../formats/ipv4.ts";
import { ToolError } from "../errors/tool-error.ts";
import type { NetworkSpec } from "../ports/container-engine.ts";

/**
 * Where a cluster's network is sought: 10.213.0.0/24 to 10.213.255.0/24. Docker's own pools are
 * 172.17-31.0.0/16 and 192.168.0.0/16, home networks live in 192.168, Kubernetes in 10.96 and 10.244.
 */
const searchedRange = "10.213.0.0/16";

/** Fixed addresses inside a cluster's network, as offsets from its base. */
const offset = { registry: 2, firstControlPlane: 10, firstWorker: 20 } as const;

/** A /24 gives its lower half to fixed addresses, so this many nodes fit. */
const smallestPrefix = 24;

export interface NetworkPlan {
  readonly spec: NetworkSpec;
  readonly registryAddress: string;
  controlPlaneAddress(index: number): string;
  workerAddress(index: number): string;
}

/**
 * Chooses a subnet that nothing known overlaps with. We choose it ourselves because Docker accepts a
 * fixed address only on a network with a subnet given by the user (https://github.com/moby/moby/issues/45806),
 * and gives other containers addresses from the upper half only, so that none takes a node's address
 * while the node is stopped.
 *
 * @param taken CIDRs of the engine's networks, the host's routes and the cluster's pods and Services
 * @throws ToolError `no-free-subnet`; `subnet-taken` when the wanted one overlaps
 */
export function planSubnet(wanted: string | undefined, taken: readonly string[]): string {
  const others = taken.map(parseNetwork).filter((cidr) => cidr !== undefined);
  if (wanted !== undefined) {
    const cidr = parseNetwork(wanted);
    if (
      cidr === undefined ||
      cidr.prefix > smallestPrefix ||
      others.some((other) => doNetworksOverlap(other, cidr))
    )
      throw new ToolError("subnet-taken", { subnet: wanted });
    return renderNetwork(cidr);
  }
  const range = parseNetwork(searchedRange) as Ipv4Network;
  const size = sizeOf({ prefix: smallestPrefix });
  for (let base = range.base; base < range.base + sizeOf(range); base += size) {
    const candidate = { base, prefix: smallestPrefix };
    if (!others.some((other) => doNetworksOverlap(other, candidate)))
      return renderNetwork(candidate);
  }
  throw new ToolError("no-free-subnet", { tried: searchedRange });
}

/** The network of a cluster and the addresses of what stands on it. */
export function planNetwork(
  name: string,
  subnet: string,
  labels: Readonly<Record<string, string>>,
): NetworkPlan {
  const cidr = parseNetwork(subnet) as Ipv4Network;
  const at = (index: number) => renderIpv4(cidr.base + index);
  return {
    spec: {
      name,
      subnet,
      dynamicRange: renderNetwork({ base: cidr.base + sizeOf(cidr) / 2, prefix: cidr.prefix + 1 }),
      labels,
    },
    registryAddress: at(offset.registry),
    controlPlaneAddress: (index) => at(offset.firstControlPlane + index),
    workerAddress: (index) => at(offset.firstWorker + index),
  };
}
