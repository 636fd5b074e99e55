import { clusterLabels, label } from "../nodes/labels.ts";
import { ToolError } from "../errors/tool-error.ts";
import type { ContainerSpec, ContainerSummary } from "../ports/container-engine.ts";
import type { Ports } from "../ports/ports.ts";
import { withDeadline } from "../steps/wait-until.ts";
import forwardScript from "./forward-port.sh";
import { startWithFreePort } from "./start-with-free-port.ts";

/** Port on which a port container listens; the host port is published to it. */
const listenPort = 8080;

/** Never open to the network unless the user says so. */
const address = "127.0.0.1";

/** Its script needs a second; on a busy machine, or beside others that hold iptables' lock, longer. */
const FORWARDING_MS = 60_000;

/** Tried first, so that the URL is one a Spring developer knows by heart. */
const preferredHostPorts: readonly number[] = Array.from(
  { length: 20 },
  (_, index) => 8080 + index,
);

export interface PublishPortRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
  readonly nodePort: number;
  /** 0: a free one is chosen. */
  readonly hostPort: number;
}

/** Where things stand in the cluster's network. */
export interface PublishTarget {
  readonly network: string;
  readonly nodeAddress: string;
  /** The node's image: it is on the machine, and has a shell and iptables. */
  readonly image: string;
}

/**
 * A container that publishes a port of 127.0.0.1 and leads it to a NodePort. Docker cannot add ports to a
 * container that runs, and a process on the host would end with the terminal; this one stays, also over a
 * restart of the engine, and is removed with the cluster.
 */
export function planPortContainer(
  { cluster, namespace, service, nodePort, hostPort }: PublishPortRequest,
  { network, nodeAddress, image }: PublishTarget,
): ContainerSpec {
  const name = `${cluster}-port-${namespace}-${service}`;
  return {
    name,
    hostname: "port",
    image,
    labels: {
      ...clusterLabels(cluster, "port", ""),
      [label.service]: `${namespace}/${service}`,
      [label.target]: `${nodeAddress}:${nodePort}`,
    },
    env: {},
    entrypoint: [
      "sh",
      "-c",
      forwardScript,
      "forward",
      String(listenPort),
      nodeAddress,
      String(nodePort),
    ],
    addCapabilities: ["NET_ADMIN"],
    sysctls: { "net.ipv4.ip_forward": "1" },
    ports: [{ containerPort: listenPort, hostPort, hostAddress: address, protocol: "tcp" }],
    network: { name: network },
    init: true,
    restart: "unless-stopped",
  };
}

/**
 * Refuses a host port that something else has, as far as that can be known before it is published, and keeps it from
 * being chosen for anything else until then.
 *
 * @throws ToolError `port-taken`
 */
export async function checkHostPort(
  { hostPort, cluster, namespace, service }: Omit<PublishPortRequest, "nodePort">,
  { engine, freePorts }: Pick<Ports, "engine" | "freePorts">,
): Promise<void> {
  freePorts.reserve(hostPort);
  const publisher = await engine.findPublisher(hostPort, address);
  if (publisher !== undefined) {
    const { labels, name } = publisher;
    const isOurs =
      labels[label.cluster] === cluster && labels[label.service] === `${namespace}/${service}`;
    if (isOurs) return;
    throw new ToolError("port-taken", { port: hostPort, owner: `container ${name}` });
  }
  // An engine on another machine publishes there.
  const { isLocal } = await engine.info();
  if (isLocal && !(await freePorts.isFree(hostPort, address)))
    throw new ToolError("port-taken", { port: hostPort, owner: "another program" });
}

/**
 * Makes a port of 127.0.0.1 lead to a NodePort, and keeps the one there is when it does so already.
 *
 * @throws ToolError `port-taken` when the wanted host port is in use; `port-not-forwarded` with what the port's
 *   container said when it ends or does not forward within a minute
 */
export async function ensurePublishedPort(
  request: PublishPortRequest,
  target: PublishTarget,
  ports: Pick<Ports, "engine" | "freePorts" | "clock">,
  signal: AbortSignal,
): Promise<{ readonly hostPort: number }> {
  const existing = await findPortContainer(request, ports);
  const existingPort = existing === undefined ? undefined : await hostPortOf(existing.id, ports);
  if (existing !== undefined && existingPort !== undefined) {
    const isRight =
      existing.state === "running" &&
      existing.labels[label.target] === `${target.nodeAddress}:${request.nodePort}` &&
      (request.hostPort === 0 || request.hostPort === existingPort);
    if (isRight) return { hostPort: existingPort };
  }
  if (existing !== undefined) await ports.engine.removeContainer(existing.id);
  const isChosen = request.hostPort === 0;
  const preferred =
    existingPort === undefined ? preferredHostPorts : [existingPort, ...preferredHostPorts];
  const hostPort = isChosen ? await ports.freePorts.pick({ address, preferred }) : request.hostPort;
  const spec = planPortContainer({ ...request, hostPort }, target);
  try {
    const started = await startWithFreePort(spec, isChosen ? [hostPort] : [], ports, { signal });
    await untilForwarding(spec.name, ports, signal);
    return { hostPort: started.ports?.[0]?.hostPort ?? hostPort };
  } catch (error) {
    await ports.engine.removeContainer(spec.name);
    throw error;
  }
}

async function untilForwarding(
  container: string,
  { engine, clock }: Pick<Ports, "engine" | "clock">,
  signal: AbortSignal,
): Promise<void> {
  const lines: string[] = [];
  const failure = (waited?: string) =>
    new ToolError("port-not-forwarded", {
      ...{ container, output: lines.slice(-5).join("\n") },
      ...(waited === undefined ? {} : { waited }),
    });
  await withDeadline(
    async (until) => {
      for await (const line of engine.logs(container, { follow: true, signal: until })) {
        if (line.trim() === "forwarding") return;
        lines.push(line);
      }
      // Some engines end the stream of an aborted request instead of failing.
      until.throwIfAborted();
      throw failure();
    },
    {
      ...{ clock, signal, withinMs: FORWARDING_MS },
      onDeadline: () => failure(`${FORWARDING_MS / 1000} s`),
    },
  );
}

/** @returns whether there was one */
export async function removePublishedPort(
  request: Pick<PublishPortRequest, "cluster" | "namespace" | "service">,
  ports: Pick<Ports, "engine">,
): Promise<boolean> {
  const existing = await findPortContainer(request, ports);
  if (existing === undefined) return false;
  await ports.engine.removeContainer(existing.id);
  return true;
}

/** The host port that leads to a Service; undefined when none does. */
export async function findPublishedPort(
  request: Pick<PublishPortRequest, "cluster" | "namespace" | "service">,
  ports: Pick<Ports, "engine">,
): Promise<number | undefined> {
  const existing = await findPortContainer(request, ports);
  return existing === undefined ? undefined : hostPortOf(existing.id, ports);
}

async function findPortContainer(
  { cluster, namespace, service }: Pick<PublishPortRequest, "cluster" | "namespace" | "service">,
  { engine }: Pick<Ports, "engine">,
): Promise<ContainerSummary | undefined> {
  const found = await engine.listContainers({
    labels: { [label.cluster]: cluster, [label.service]: `${namespace}/${service}` },
  });
  return found[0];
}

/** The host port of a container that publishes one; undefined when it is gone or publishes none. */
export async function hostPortOf(
  container: string,
  { engine }: Pick<Ports, "engine">,
): Promise<number | undefined> {
  return (await engine.inspectContainer(container))?.ports[0]?.hostPort;
}
