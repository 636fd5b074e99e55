import { execa } from "execa";
import { linesOf } from "./lines.ts";

/** Labels by which the tools know a cluster's containers; Airfield's nodes have both. */
const clusterLabels = ["io.x-k8s.kind.cluster", "dev.airfield.cluster"];
const kindRoleLabel = "io.x-k8s.kind.role";

/** kind makes this network once for all its clusters and never removes it. */
const sharedNetworks = ["kind", "bridge", "host", "none"];

export interface StartedContainer {
  readonly id: string;
  readonly name: string;
  readonly isNode: boolean;
}

/** What a cluster has on the engine. */
export interface Footprint {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

/** Runs docker to its end and returns what it prints, without the last newline. */
export async function docker(
  args: readonly string[],
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const options = signal === undefined ? {} : { cancelSignal: signal };
  return (await execa("docker", args, options)).stdout;
}

/** The containers of a cluster as they start, by one stream of the engine's events. */
export async function* startedContainers(
  cluster: string,
  since: Date,
  signal: AbortSignal,
): AsyncGenerator<StartedContainer> {
  const filters = ["--filter", "type=container", "--filter", "event=start"];
  // With --since nothing is missed, however long the client takes to connect.
  const events = execa(
    "docker",
    ["events", ...filters, "--since", since.toISOString(), "--format", "{{json .Actor}}"],
    { buffer: false, cancelSignal: signal, reject: false, stdin: "ignore" },
  );
  for await (const line of linesOf(events.stdout)) {
    const { ID, Attributes } = JSON.parse(line) as {
      ID: string;
      Attributes: Record<string, string>;
    };
    if (!clusterLabels.some((label) => Attributes[label] === cluster)) continue;
    const role = Attributes[kindRoleLabel];
    yield {
      id: ID,
      name: Attributes["name"] ?? ID,
      isNode: role === "control-plane" || role === "worker",
    };
  }
}

/** The address of a running container on its (first) network. */
export async function addressOf(container: string, signal: AbortSignal): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}";
  const printed = await docker(["inspect", "--format", format, container], { signal });
  return lines(printed)[0] ?? "";
}

/** What this cluster has, without the networks that others use as well and those that were there before. */
export async function footprintOf(
  cluster: string,
  networksBefore: readonly string[],
): Promise<Footprint> {
  const containers = await listLabelled(["ps", "-a", "--format", "{{.Names}}"], cluster);
  const [volumes, networks, mounted, attached] = await Promise.all([
    listLabelled(["volume", "ls", "--format", "{{.Name}}"], cluster),
    listLabelled(["network", "ls", "--format", "{{.Name}}"], cluster),
    // The volume of a node's /var has neither name nor label.
    inspectAll(
      containers,
      '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}',
    ),
    inspectAll(
      containers,
      "{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}",
    ),
  ]);
  const foreign = new Set([...sharedNetworks, ...networksBefore]);
  return {
    containers,
    volumes: unique([...volumes, ...mounted]),
    networks: unique([...networks, ...attached.filter((name) => !foreign.has(name))]),
  };
}

export async function listNetworks(): Promise<readonly string[]> {
  return lines(await docker(["network", "ls", "--format", "{{.Name}}"]));
}

/** What is still there of a cluster and of what it once had: "container a", "volume b". */
export async function remainsOf(cluster: string, had: Footprint): Promise<readonly string[]> {
  const [now, containers, volumes, networks] = await Promise.all([
    footprintOf(cluster, []),
    docker(["ps", "-a", "--format", "{{.Names}}"]),
    docker(["volume", "ls", "--format", "{{.Name}}"]),
    docker(["network", "ls", "--format", "{{.Name}}"]),
  ]);
  const left = (what: string, listed: string, names: readonly string[], still: readonly string[]) =>
    unique([...names.filter((name) => lines(listed).includes(name)), ...still]).map(
      (name) => `${what} ${name}`,
    );
  return [
    ...left("container", containers, had.containers, now.containers),
    ...left("volume", volumes, had.volumes, now.volumes),
    ...left("network", networks, had.networks, now.networks),
  ];
}

/** Removes all of a cluster without its tool; for what that could not. Idempotent. */
export async function removeByForce({ containers, volumes, networks }: Footprint): Promise<void> {
  const remove = async (command: readonly string[], names: readonly string[]) => {
    if (names.length > 0) await execa("docker", [...command, ...names], { reject: false });
  };
  await remove(["rm", "-f", "-v"], containers);
  await Promise.all([remove(["volume", "rm", "-f"], volumes), remove(["network", "rm"], networks)]);
}

async function listLabelled(
  command: readonly string[],
  cluster: string,
): Promise<readonly string[]> {
  const found = await Promise.all(
    clusterLabels.map((label) => docker([...command, "--filter", `label=${label}=${cluster}`])),
  );
  return unique(found.flatMap(lines));
}

async function inspectAll(
  containers: readonly string[],
  format: string,
): Promise<readonly string[]> {
  if (containers.length === 0) return [];
  // A container may go between the list and the question.
  const options = { reject: false } as const;
  const { stdout } = await execa("docker", ["inspect", "--format", format, ...containers], options);
  return unique(lines(stdout));
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
