import type { IncomingMessage } from "node:http";
import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type {
  ContainerDetails,
  ContainerFile,
  ContainerSpec,
  ContainerState,
  ContainerSummary,
  FileContent,
  LabelFilter,
  PortPublication,
  WaitOptions,
} from "../../ports/container-engine.ts";
import { containerOptions } from "./container-options.ts";
import { byName, summaryOf } from "./container-summary.ts";
import type { EngineConnection, EngineRequest } from "./engine-connection.ts";
import { labelFilters } from "./label-filters.ts";
import { packFiles } from "./pack-files.ts";

const STOP_SECONDS = 10;
/** Removing a node takes seconds (its volume holds gigabytes); longer than this is a hanging engine. */
const REMOVAL_MS = 60_000;

export async function createContainer(
  connection: EngineConnection,
  spec: ContainerSpec,
  { signal }: WaitOptions = {},
): Promise<string> {
  const request: EngineRequest = {
    action: `create the container ${spec.name}`,
    container: spec.name,
    image: spec.image,
    signal,
    waitsWhenAborted: true,
  };
  const { id } = await connection.call(request, (docker) =>
    docker.createContainer(containerOptions(spec)),
  );
  return id;
}

export async function startContainer(
  connection: EngineConnection,
  container: string,
  { signal }: WaitOptions = {},
): Promise<void> {
  const request: EngineRequest = {
    action: `start the container ${container}`,
    container,
    signal,
    waitsWhenAborted: true,
  };
  try {
    await connection.call(request, (docker) => ignoring([304], handle(docker, container).start()));
  } catch (error) {
    throw isToolError(error, "port-taken") ? await withOwner(connection, error) : error;
  }
}

/** Docker says that a port is taken, not by whom. */
async function withOwner(
  connection: EngineConnection,
  error: ToolError<"port-taken">,
): Promise<ToolError> {
  const { port } = error.facts;
  const [owner] = await listPublishers(connection, port).catch(() => []);
  const name = owner?.Names[0]?.slice(1);
  if (name === undefined) return error;
  return new ToolError("port-taken", { port, owner: `container ${name}` }, { cause: error });
}

export async function stopContainer(
  connection: EngineConnection,
  container: string,
  {
    signal,
    timeoutSeconds = STOP_SECONDS,
  }: WaitOptions & { readonly timeoutSeconds?: number } = {},
): Promise<void> {
  const request: EngineRequest = { action: `stop the container ${container}`, container, signal };
  await connection.call(request, (docker, abortSignal) =>
    ignoring(
      [304, 404],
      handle(docker, container).stop({
        t: timeoutSeconds,
        ...(abortSignal === undefined ? {} : { abortSignal }),
      }),
    ),
  );
}

export async function removeContainer(
  connection: EngineConnection,
  container: string,
): Promise<void> {
  const request: EngineRequest = { action: `remove the container ${container}`, container };
  await connection.call(request, async (docker) => {
    try {
      await handle(docker, container).remove({ force: true, v: true });
    } catch (error) {
      if (statusOf(error) === 404) return;
      // "removal of container … is already in progress": by another command; gone is what was asked for.
      if (statusOf(error) !== 409) throw error;
      const abortSignal = AbortSignal.timeout(REMOVAL_MS);
      await ignoring(
        [404],
        handle(docker, container).wait({ condition: "removed", abortSignal }),
      ).catch(() => {
        throw error;
      });
    }
  });
}

export async function listContainers(
  connection: EngineConnection,
  { labels }: LabelFilter,
): Promise<readonly ContainerSummary[]> {
  const found = await connection.call({ action: "list containers" }, (docker) =>
    docker.listContainers({ all: true, filters: labelFilters(labels) }),
  );
  return found.map(summaryOf).sort(byName);
}

export async function findPublisher(
  connection: EngineConnection,
  hostPort: number,
  hostAddress: string,
): Promise<ContainerSummary | undefined> {
  const found = await listPublishers(connection, hostPort);
  // The filter asks for no address, and port 80 of 127.0.0.2 is another one.
  const publisher = found.find(({ Ports }) =>
    Ports.some(
      ({ Type, PublicPort, IP }) =>
        Type === "tcp" && PublicPort === hostPort && [hostAddress, "0.0.0.0"].includes(IP),
    ),
  );
  if (publisher === undefined) return undefined;
  // The list is behind for a moment when a container has just been stopped.
  const details = await inspectRaw(connection, publisher.Id);
  return details?.State.Running === true ? summaryOf(publisher) : undefined;
}

/** Containers that run and publish the TCP port, at whichever address. */
function listPublishers(
  connection: EngineConnection,
  hostPort: number,
): Promise<Docker.ContainerInfo[]> {
  return connection.call({ action: "list containers" }, (docker) =>
    docker.listContainers({ filters: { publish: [`${hostPort}/tcp`] } }),
  );
}

export async function inspectContainer(
  connection: EngineConnection,
  container: string,
): Promise<ContainerDetails | undefined> {
  const found = await inspectRaw(connection, container);
  if (found === undefined) return undefined;
  const addresses = Object.entries(found.NetworkSettings.Networks)
    .filter(([, network]) => network.IPAddress !== "")
    .map(([name, network]) => [name, network.IPAddress] as const);
  return {
    id: found.Id,
    name: found.Name.slice(1),
    image: found.Config.Image,
    state: found.State.Status as ContainerState,
    labels: found.Config.Labels ?? {},
    createdAt: found.Created,
    startedAt: found.State.StartedAt,
    exitCode: found.State.ExitCode,
    addresses: Object.fromEntries(addresses),
    networks: Object.keys(found.NetworkSettings.Networks).sort(),
    // The real ones while it runs, the wanted ones otherwise.
    ports: publications(
      found.State.Running
        ? found.NetworkSettings.Ports
        : (found.HostConfig.PortBindings as PortMap | undefined),
    ),
    env: found.Config.Env ?? [],
  };
}

function inspectRaw(
  connection: EngineConnection,
  container: string,
): Promise<Docker.ContainerInspectInfo | undefined> {
  return connection.call({ action: `inspect the container ${container}`, container }, (docker) =>
    ignoring([404], handle(docker, container).inspect()),
  );
}

export async function putFiles(
  connection: EngineConnection,
  container: string,
  files: readonly ContainerFile[],
  { signal }: WaitOptions = {},
): Promise<void> {
  if (files.length === 0) return;
  const request: EngineRequest = { action: `put files into ${container}`, container, signal };
  const archive = await packFiles(files);
  await connection.call(request, (docker, abortSignal) =>
    handle(docker, container).putArchive(archive, {
      path: "/",
      ...(abortSignal === undefined ? {} : { abortSignal }),
    }),
  );
}

export async function readFile(
  connection: EngineConnection,
  container: string,
  path: string,
  { signal }: WaitOptions = {},
): Promise<string | undefined> {
  const archive = await archiveOf(connection, container, path, signal);
  return archive === undefined ? undefined : firstFileOf(archive, text);
}

export async function readBytes(
  connection: EngineConnection,
  container: string,
  path: string,
  { mostBytes, signal }: WaitOptions & { readonly mostBytes: number },
): Promise<FileContent | undefined> {
  const archive = await archiveOf(connection, container, path, signal);
  if (archive === undefined) return undefined;
  const { size, mtime } = statOf(archive as IncomingMessage);
  if (size > mostBytes) {
    (archive as IncomingMessage).destroy();
    return undefined;
  }
  const bytes = await firstFileOf(archive, buffer);
  return bytes === undefined ? undefined : { bytes, modifiedAt: mtime };
}

export async function modifiedAt(
  connection: EngineConnection,
  container: string,
  path: string,
  { signal }: WaitOptions = {},
): Promise<string | undefined> {
  const request: EngineRequest = { action: `look at ${path} in ${container}`, container, signal };
  return connection.call(request, async (docker, abortSignal) => {
    const options = { path, ...(abortSignal === undefined ? {} : { abortSignal }) };
    // Such an answer has no text that would tell what is missing.
    const found: unknown = await ignoring([404], handle(docker, container).infoArchive(options));
    return found === undefined ? undefined : statOf(found as IncomingMessage).mtime;
  });
}

/** https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerArchiveInfo */
function statOf({ headers }: IncomingMessage): { readonly size: number; readonly mtime: string } {
  const encoded = String(headers["x-docker-container-path-stat"]);
  return JSON.parse(Buffer.from(encoded, "base64").toString()) as { size: number; mtime: string };
}

export async function readFolder(
  connection: EngineConnection,
  container: string,
  path: string,
  { signal }: WaitOptions = {},
): Promise<ReadonlyMap<string, string> | undefined> {
  const archive = await archiveOf(connection, container, path, signal);
  if (archive === undefined) return undefined;
  const entries = extract();
  archive.pipe(entries);
  const files = new Map<string, string>();
  for await (const entry of entries) {
    // The archive's paths begin with the folder's own name.
    const relative = entry.header.name.slice(entry.header.name.indexOf("/") + 1);
    if (entry.header.type === "file") files.set(relative, await text(entry));
    else entry.resume();
  }
  return files;
}

/** Undefined when there is nothing at the path. */
async function archiveOf(
  connection: EngineConnection,
  container: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<NodeJS.ReadableStream | undefined> {
  const request: EngineRequest = { action: `read ${path} in ${container}`, container, signal };
  return connection.call(request, (docker, abortSignal) => {
    const options = { path, ...(abortSignal === undefined ? {} : { abortSignal }) };
    return unlessNoFile(handle(docker, container).getArchive(options));
  });
}

/** 404 is said of a missing container as well as of a missing file; the latter is none. */
async function unlessNoFile<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404 && /could not find the file/i.test(String(error))) return undefined;
    throw error;
  }
}

async function firstFileOf<Content>(
  archive: NodeJS.ReadableStream,
  read: (file: AsyncIterable<unknown>) => Promise<Content>,
): Promise<Content | undefined> {
  const entries = extract();
  archive.pipe(entries);
  for await (const entry of entries) {
    if (entry.header.type === "file") return await read(entry);
    entry.resume();
  }
  return undefined;
}

type PortMap = Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;

function publications(ports: PortMap | undefined): readonly PortPublication[] {
  return Object.entries(ports ?? {}).flatMap(([key, bindings]) => {
    const [port = "", protocol = "tcp"] = key.split("/");
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      containerPort: Number(port),
      hostPort: Number(HostPort),
      hostAddress: HostIp,
      protocol: protocol as PortPublication["protocol"],
    }));
  });
}

function handle(docker: Docker, container: string): Docker.Container {
  return docker.getContainer(encodeURIComponent(container));
}

/** Undefined in place of an answer with one of these statuses. */
export async function ignoring<Answer>(
  statuses: readonly number[],
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | null)?.statusCode;
}
