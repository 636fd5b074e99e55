import {
  doNetworksOverlap,
  parseNetwork,
  renderIpv4,
  type Ipv4Network,
} from "../../../src/formats/ipv4.ts";
import { ToolError } from "../../../src/errors/tool-error.ts";
import type { NetworkInfo, NetworkSpec } from "../../../src/ports/container-engine.ts";

interface Network {
  readonly info: NetworkInfo;
  readonly spec: NetworkSpec;
  /** Address by the id of the running container that has it. */
  readonly endpoints: Map<string, string>;
}

/** The engine's networks, with who is on them. */
export class FakeNetworks {
  readonly #networks = new Map<string, Network>();
  #count = 0;

  constructor() {
    this.create({ name: "bridge", subnet: "172.17.0.0/16", labels: {} });
  }

  create(spec: NetworkSpec): string {
    if (this.#networks.has(spec.name)) {
      throw new ToolError("network-name-taken", { network: spec.name });
    }
    const wanted = networkOf(spec.subnet);
    for (const { spec: other } of this.#networks.values())
      if (doNetworksOverlap(wanted, networkOf(other.subnet)))
        throw new ToolError("subnet-taken", { subnet: spec.subnet });
    const id = `network${String(++this.#count).padStart(57, "0")}`;
    const { name, subnet, labels, options = {} } = spec;
    const info: NetworkInfo = { id, name, subnets: [subnet], labels, options };
    this.#networks.set(name, { info, spec, endpoints: new Map() });
    return id;
  }

  remove(network: string): void {
    const found = this.#find(network);
    if (found === undefined) return;
    if (found.endpoints.size > 0) {
      throw new ToolError("engine-request-failed", {
        action: `remove the network ${network}`,
        status: 403,
        reason: `network ${network} has active endpoints`,
      });
    }
    this.#networks.delete(found.info.name);
  }

  list(): readonly NetworkInfo[] {
    return [...this.#networks.values()]
      .map(({ info }) => info)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Gives a starting container its address. */
  connect(network: string, container: { id: string; name: string }, ipv4?: string): string {
    const refuse = (status: number, reason: string) =>
      new ToolError("engine-request-failed", {
        action: `start the container ${container.name}`,
        status,
        reason,
      });
    // Docker's own name for having none.
    if (network === "none") return "";
    const found = this.#find(network);
    if (found === undefined) throw refuse(404, `network ${network} not found`);
    const taken = new Set(found.endpoints.values());
    if (ipv4 !== undefined && taken.has(ipv4)) throw refuse(403, "Address already in use");
    const address = ipv4 ?? freeAddress(found.spec, taken);
    found.endpoints.set(container.id, address);
    return address;
  }

  /** From one network, or from all. */
  disconnect(containerId: string, network?: string): void {
    for (const [name, { endpoints }] of this.#networks)
      if (network === undefined || network === name) endpoints.delete(containerId);
  }

  #find(network: string): Network | undefined {
    return (
      this.#networks.get(network) ??
      [...this.#networks.values()].find(({ info }) => info.id === network)
    );
  }
}

/** The first address is the gateway's. */
function freeAddress({ subnet, dynamicRange }: NetworkSpec, taken: ReadonlySet<string>): string {
  const { base } = networkOf(dynamicRange ?? subnet);
  for (let address = base + (dynamicRange === undefined ? 2 : 0); ; address++) {
    const text = renderIpv4(address);
    if (!taken.has(text)) return text;
  }
}

function networkOf(subnet: string): Ipv4Network {
  const network = parseNetwork(subnet);
  if (network === undefined) throw new Error(`${subnet} is no IPv4 network`);
  return network;
}
