import { createPrivateKey, X509Certificate } from "node:crypto";
import type {
  ClusterConfig,
  ProxyConfig,
  RegistryEndpointConfig,
  RegistryHostConfig,
} from "../../config/cluster-config.ts";
import {
  registriesOfPatches,
  type ContainerdPatches,
  type PatchedEndpoint,
  type PatchedRegistry,
} from "../../config/containerd-registries.ts";
import { ToolError } from "../../errors/tool-error.ts";
import { warningOf } from "../../errors/warning-of.ts";
import type { Ports } from "../../ports/ports.ts";
import type { EndpointAccess, HostAccess, ProxyAccess, RegistryAccess } from "./registry-access.ts";

type AccessPorts = Pick<Ports, "files" | "host" | "reporter">;
type FilePorts = Pick<Ports, "files">;

/**
 * Reads the files and variables that a config names, and refuses what nodes could not use.
 *
 * @throws ToolError `file-not-found`, `file-unreadable`, `certificate-invalid`, `secret-missing`, `proxy-invalid`
 */
export async function readRegistryAccess(
  config: Pick<ClusterConfig, "registries" | "proxy"> & ContainerdPatches,
  ports: AccessPorts,
): Promise<RegistryAccess> {
  const { registries, proxy } = config;
  const cachedOnly = registries.caches
    .filter((cached) => !registries.hosts.some(({ host }) => host === cached))
    .map((host): RegistryHostConfig => ({ host, skipVerify: false, mirrors: [] }));
  const [hosts, authorities] = await Promise.all([
    Promise.all(
      [...registries.hosts, ...cachedOnly].map(async (given): Promise<HostAccess> => {
        const { host, url = defaultUrl(host) } = given;
        return {
          host,
          isCached: registries.caches.includes(host),
          ...(await readEndpoint(given, url, ports)),
          mirrors: await Promise.all(
            given.mirrors.map((mirror) => readEndpoint(mirror, mirror.url, ports)),
          ),
        };
      }),
    ),
    Promise.all(registries.caFiles.map((path) => readCertificates(path, ports))),
  ]);
  const found = readProxy(proxy, ports);
  return {
    hosts: [...hosts, ...hostsOfPatches(config)],
    ...(authorities.length === 0 ? {} : { authorities: authorities.join("") }),
    ...(found === undefined ? {} : { proxy: found }),
  };
}

/** The registries that containerd's patches describe in its older way. */
export function hostsOfPatches(patches: ContainerdPatches): readonly HostAccess[] {
  return registriesOfPatches(patches).map(patchedHost);
}

/** A registry that containerd's patches describe. Its files are the node's, as a mount brings them. */
function patchedHost({ host, mirrors, ...itself }: PatchedRegistry): HostAccess {
  const url = host === "*" ? "" : defaultUrl(host);
  return {
    host,
    isCached: false,
    ...patchedEndpoint(itself, url),
    mirrors: mirrors.map((mirror) => patchedEndpoint(mirror, url)),
  };
}

function patchedEndpoint(
  { url, authorityPath, client, ...endpoint }: PatchedEndpoint,
  fallbackUrl: string,
): EndpointAccess {
  return {
    ...endpoint,
    url: url ?? fallbackUrl,
    onNode: {
      ...(authorityPath === undefined ? {} : { authorityPath }),
      ...(client === undefined ? {} : { client }),
    },
  };
}

/** Docker Hub's registry does not answer at the name that images have. */
function defaultUrl(host: string): string {
  return host === "docker.io" ? "https://registry-1.docker.io" : `https://${host}`;
}

async function readEndpoint(
  endpoint: RegistryEndpointConfig,
  url: string,
  ports: AccessPorts,
): Promise<EndpointAccess> {
  const { caFile, clientCertFile, clientKeyFile, username } = endpoint;
  const authority = caFile === undefined ? undefined : await readCertificates(caFile, ports);
  return {
    url: url.replace(/\/+$/, ""),
    skipVerify: endpoint.skipVerify,
    ...(authority === undefined ? {} : { authority }),
    ...(clientCertFile === undefined || clientKeyFile === undefined
      ? {}
      : { client: await readClient(clientCertFile, clientKeyFile, ports) }),
    ...(username === undefined
      ? {}
      : { login: { username, password: await readPassword(endpoint, ports) } }),
  };
}

async function readPassword(
  { password = "", passwordFile }: RegistryEndpointConfig,
  ports: AccessPorts,
): Promise<string> {
  return passwordFile === undefined
    ? variable(password, ports)
    : readPasswordFile(passwordFile, ports);
}

/** @throws ToolError `file-not-found`, `file-unreadable`, `secret-missing` */
export async function readPasswordFile(path: string, ports: FilePorts): Promise<string> {
  // Editors and `echo` end a file with a newline; no password does.
  const text = (await readFile(path, "a registry's password", ports)).replace(/\r?\n$/, "");
  if (text === "") throw new ToolError("secret-missing", { source: `the file ${path}` });
  return text;
}

/** The value of "${env:NAME}". */
function variable(reference: string, { host }: AccessPorts): string {
  const name = reference.slice("${env:".length, -1);
  const value = host.environment(name);
  if (value === undefined)
    throw new ToolError("secret-missing", { source: `the environment variable ${name}` });
  return value;
}

/** @throws ToolError `file-not-found`, `file-unreadable`, `certificate-invalid` */
export async function readCertificates(path: string, ports: FilePorts): Promise<string> {
  const text = await readFile(path, "a certificate", ports);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
  if (blocks.length === 0)
    throw new ToolError("certificate-invalid", {
      path,
      reason: "there is no -----BEGIN CERTIFICATE----- in it",
    });
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      const reason = "what it holds is no certificate";
      throw new ToolError("certificate-invalid", { path, reason }, { cause });
    }
  }
  return `${blocks.join("\n")}\n`;
}

async function readClient(
  certificatePath: string,
  keyPath: string,
  ports: AccessPorts,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const [certificate, key] = await Promise.all([
    readCertificates(certificatePath, ports),
    readFile(keyPath, "a certificate's key", ports),
  ]);
  const refuse = (reason: string, cause?: unknown) =>
    new ToolError("certificate-invalid", { path: keyPath, reason }, { cause });
  let belongs: boolean;
  try {
    belongs = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw refuse("it holds no private key that can be read", cause);
  }
  if (!belongs) throw refuse(`it is not the key of ${certificatePath}`);
  return { certificate, key };
}

async function readFile(path: string, purpose: string, { files }: FilePorts): Promise<string> {
  const text = await files.readText(path);
  if (text === undefined) throw new ToolError("file-not-found", { path, purpose });
  return text;
}

function readProxy(config: ProxyConfig, ports: AccessPorts): ProxyAccess | undefined {
  const given = (["httpProxy", "httpsProxy"] as const).flatMap((name) => {
    const value = config[name];
    if (value === undefined) return [];
    const url = value.startsWith("${") ? variable(value, ports) : value;
    if (!/^https?:\/\/[^/\s]+/.test(url) || /\s/.test(url))
      throw new ToolError("proxy-invalid", { field: `proxy.${name}` });
    return [[name, url] as const];
  });
  if (given.length > 0)
    return { ...Object.fromEntries(given), noProxy: config.noProxy, isFromHost: false };
  return config.fromHost ? proxyOfHost(config, ports) : undefined;
}

/** As kind takes it over. One that only this machine's own loopback answers is of no use inside a node. */
function proxyOfHost(
  config: ProxyConfig,
  { host, reporter }: AccessPorts,
): ProxyAccess | undefined {
  const read = (name: string) => host.environment(name) ?? host.environment(name.toLowerCase());
  const found = { httpProxy: read("HTTP_PROXY"), httpsProxy: read("HTTPS_PROXY") };
  const usable = Object.entries(found).flatMap(([name, url]) =>
    url === undefined || isLoopback(url) ? [] : [[name, url] as const],
  );
  if (Object.values(found).some((url) => url !== undefined && isLoopback(url)))
    reporter.report(warningOf("proxy-unreachable", {}));
  if (usable.length === 0) return undefined;
  const noProxy = (read("NO_PROXY") ?? "").split(",").map((entry) => entry.trim());
  return {
    ...Object.fromEntries(usable),
    noProxy: [...noProxy.filter((entry) => entry !== ""), ...config.noProxy],
    isFromHost: true,
  };
}

function isLoopback(url: string): boolean {
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?(?:localhost|127\.|\[::1\])/.test(url);
}
