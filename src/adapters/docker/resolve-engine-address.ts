import { createHash } from "node:crypto";
import * as path from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";

/** Where the engine listens: a socket, or a host with a port. */
export interface EngineAddress {
  /** For messages, and for DOCKER_HOST of children: "unix:///var/run/docker.sock". */
  readonly url: string;
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface EngineAddressSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly files: Pick<Files, "readText" | "realPath">;
}

const DEFAULT_SOCKET = "/var/run/docker.sock";

/**
 * Finds the engine as the docker command does: DOCKER_HOST, then DOCKER_CONTEXT, then the current context
 * of ~/.docker/config.json, then the usual socket. Beyond docker: where the usual socket is missing, the
 * sockets of rootless Docker and of Docker Desktop are taken, so that nobody has to export DOCKER_HOST.
 */
export async function resolveEngineAddress(sources: EngineAddressSources): Promise<EngineAddress> {
  const { env, files } = sources;
  if (env["DOCKER_HOST"] !== undefined && env["DOCKER_HOST"] !== "") {
    return parseAddress(env["DOCKER_HOST"], () => tlsOfEnvironment(sources));
  }
  const context = await currentContext(sources);
  if (context !== "default") return addressOfContext(context, sources);
  for (const socket of usualSockets(sources)) {
    if ((await files.realPath(socket)) !== undefined) return unixAddress(socket);
  }
  return unixAddress(DEFAULT_SOCKET);
}

function usualSockets({ env, homeDirectory }: EngineAddressSources): readonly string[] {
  const runtimeDirectory = env["XDG_RUNTIME_DIR"];
  return [
    DEFAULT_SOCKET,
    ...(runtimeDirectory ? [path.join(runtimeDirectory, "docker.sock")] : []),
    path.join(homeDirectory, ".docker/run/docker.sock"),
    path.join(homeDirectory, ".docker/desktop/docker.sock"),
    path.join(homeDirectory, ".rd/docker.sock"),
    path.join(homeDirectory, ".colima/default/docker.sock"),
  ];
}

function dockerDirectory({ env, homeDirectory }: EngineAddressSources): string {
  return env["DOCKER_CONFIG"] || path.join(homeDirectory, ".docker");
}

async function currentContext(sources: EngineAddressSources): Promise<string> {
  if (sources.env["DOCKER_CONTEXT"]) return sources.env["DOCKER_CONTEXT"];
  const file = path.join(dockerDirectory(sources), "config.json");
  const text = await sources.files.readText(file);
  if (text === undefined) return "default";
  const { currentContext } = parseJson(text, file) as { currentContext?: unknown };
  return typeof currentContext === "string" && currentContext !== "" ? currentContext : "default";
}

/** Contexts are kept under the SHA-256 of their names: https://docs.docker.com/engine/manage-resources/contexts/ */
async function addressOfContext(
  context: string,
  sources: EngineAddressSources,
): Promise<EngineAddress> {
  const directory = dockerDirectory(sources);
  const id = createHash("sha256").update(context).digest("hex");
  const file = path.join(directory, "contexts/meta", id, "meta.json");
  const text = await sources.files.readText(file);
  if (text === undefined) {
    throw new ToolError("engine-address-invalid", {
      address: `docker context "${context}"`,
      reason: `there is no such context (${file} is missing)`,
    });
  }
  const host = (parseJson(text, file) as { Endpoints?: { docker?: { Host?: unknown } } }).Endpoints
    ?.docker?.Host;
  if (typeof host !== "string") {
    throw new ToolError("engine-address-invalid", {
      address: `docker context "${context}"`,
      reason: "it names no Docker endpoint",
    });
  }
  const tlsDirectory = path.join(directory, "contexts/tls", id, "docker");
  return parseAddress(host, () => readTls(tlsDirectory, sources.files));
}

async function tlsOfEnvironment(sources: EngineAddressSources): Promise<EngineAddress["tls"]> {
  const { env, files } = sources;
  if (!env["DOCKER_TLS_VERIFY"]) return undefined;
  return (await readTls(env["DOCKER_CERT_PATH"] || dockerDirectory(sources), files)) ?? {};
}

async function readTls(
  directory: string,
  files: EngineAddressSources["files"],
): Promise<EngineAddress["tls"]> {
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => files.readText(path.join(directory, name))),
  );
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function parseAddress(
  url: string,
  tlsFiles: () => Promise<EngineAddress["tls"]>,
): Promise<EngineAddress> {
  if (url.startsWith("unix://")) return unixAddress(url.slice("unix://".length) || DEFAULT_SOCKET);
  if (url.startsWith("/")) return unixAddress(url);
  if (url.startsWith("npipe://")) return { url, socketPath: url.slice("npipe://".length) };
  const parsed = parseTcp(url);
  if (parsed === undefined) {
    throw new ToolError("engine-address-invalid", {
      address: url,
      reason: url.startsWith("ssh://")
        ? "engines behind SSH are not supported, because the cluster's ports would be on that machine"
        : "it is neither unix:///path nor tcp://host:port",
    });
  }
  const tls = await tlsFiles();
  return {
    url,
    host: parsed.hostname,
    port: Number(parsed.port || (tls === undefined ? 2375 : 2376)),
    ...(tls === undefined ? {} : { tls }),
  };
}

function parseTcp(url: string): URL | undefined {
  const withScheme = url.includes("://") ? url : `tcp://${url}`;
  if (!/^(tcp|https?):\/\//.test(withScheme)) return undefined;
  // The URL parser knows hosts and ports of http only.
  const asHttp = withScheme.replace(/^\w+:/, "http:");
  return URL.canParse(asHttp) ? new URL(asHttp) : undefined;
}

function unixAddress(socketPath: string): EngineAddress {
  return { url: `unix://${socketPath}`, socketPath };
}

function parseJson(text: string, file: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
    throw new SyntaxError("not an object");
  } catch (cause) {
    throw new ToolError(
      "engine-address-invalid",
      { address: file, reason: "it is not JSON" },
      { cause },
    );
  }
}
