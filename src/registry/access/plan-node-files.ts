import { createHash } from "node:crypto";
import type { ContainerFile } from "../../ports/container-engine.ts";
import { certsFolder, renderHostsToml, type TomlEndpoint } from "./hosts-toml.ts";
import { cacheHost, type CachePlan } from "../plan-cache.ts";
import type { RegistryReference } from "../plan-registry.ts";
import {
  basicAuthorization,
  encodedLogin,
  type EndpointAccess,
  type HostAccess,
  type Login,
  type ProxyAccess,
  type RegistryAccess,
  trustedAuthoritiesPath,
} from "./registry-access.ts";

/** On a node: what this module made for it last, so that an update can take away what is too much. */
export const recordPath = "/kind/airfield/registry-files.json";

export interface FilesRecord {
  readonly paths: readonly string[];
  /** Of paths and contents: other contents than these were not written by a finished creation or update. */
  readonly digest: string;
}

/**
 * The kubelet gives these logins to containerd with each pull of a pod. containerd's own place for logins
 * (registry.configs in its config.toml) is deprecated, wants a restart, and turns off its newer way of pulling.
 * https://kubernetes.io/docs/concepts/containers/images/#configuring-nodes-to-authenticate-to-a-private-registry
 */
const kubeletLoginsPath = "/var/lib/kubelet/config.json";

const proxyPath = "/etc/systemd/system/containerd.service.d/20-airfield-proxy.conf";

/** For the owner alone: it holds a secret. */
const secretMode = 0o600;

/** What must start anew to see a change of a file; files under certs.d are read at each pull. */
export const servicesReading: Readonly<Record<string, "containerd" | "kubelet">> = {
  [trustedAuthoritiesPath]: "containerd",
  [proxyPath]: "containerd",
  // It looks into the file every five minutes only.
  [kubeletLoginsPath]: "kubelet",
};

export interface NodeFilesRequest {
  /** The one that `localhost:PORT` means. */
  readonly registry: RegistryReference | undefined;
  readonly caches: readonly CachePlan[];
  readonly access: RegistryAccess;
  /** What the nodes reach without a proxy, beside what the user says. */
  readonly direct: readonly string[];
}

/** The files that configure registries and proxies on a node. Pure. */
export function planNodeFiles(request: NodeFilesRequest): readonly ContainerFile[] {
  const { registry, access, caches, direct } = request;
  const { authorities, proxy } = access;
  const logins = access.hosts.flatMap(({ host, login }) =>
    login === undefined || host === "*" ? [] : [[host, login] as const],
  );
  const files: readonly ContainerFile[] = [
    ...(registry === undefined || access.hosts.some(({ host }) => host === registry.name)
      ? []
      : ownRegistryFiles(registry)),
    ...access.hosts.flatMap((host) =>
      hostFiles(
        // The user's mirrors go before the cluster's own registry, where both have one name.
        host.host === registry?.name ? { ...host, url: `http://${registry.host}` } : host,
        caches.find((cache) => cache.host === host.host),
      ),
    ),
    ...(authorities === undefined
      ? []
      : [{ path: trustedAuthoritiesPath, content: authorities, mode: 0o644 }]),
    ...(logins.length === 0
      ? []
      : [{ path: kubeletLoginsPath, content: renderLogins(logins), mode: secretMode }]),
    ...(proxy === undefined
      ? []
      : [{ path: proxyPath, content: renderProxyUnit(proxy, direct), mode: secretMode }]),
  ];
  const record = `${JSON.stringify(recordOf(files))}\n`;
  return [...files, { path: recordPath, content: record, mode: secretMode }];
}

export function recordOf(files: readonly Pick<ContainerFile, "path" | "content">[]): FilesRecord {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash("sha256");
  for (const { path, content } of sorted) hash.update(JSON.stringify([path, String(content)]));
  return { paths: sorted.map(({ path }) => path), digest: hash.digest("hex") };
}

/** Makes `localhost:PORT/…` on a node mean the cluster's registry. */
function ownRegistryFiles({ name, host }: RegistryReference): readonly ContainerFile[] {
  const endpoint = { url: `http://${host}` };
  return [
    { path: `${certsFolder(name)}/hosts.toml`, content: renderHostsToml(endpoint, [endpoint]) },
  ];
}

function hostFiles(access: HostAccess, cache: CachePlan | undefined): readonly ContainerFile[] {
  const folder = certsFolder(access.host);
  const itself = endpointFiles(access, folder, "registry");
  const mirrors = access.mirrors.map((mirror, index) =>
    endpointFiles(mirror, folder, `mirror-${index + 1}`),
  );
  const before: readonly TomlEndpoint[] = [
    ...(cache === undefined ? [] : [{ url: `http://${cacheHost(cache)}` }]),
    // The kubelet's logins are for the registry that an image names; a mirror gets its own in a header.
    ...mirrors.map(({ endpoint }, index) => {
      const login = access.mirrors[index]?.login;
      return login === undefined
        ? endpoint
        : { ...endpoint, authorization: basicAuthorization(login) };
    }),
  ];
  const hasSecret = before.some(({ authorization }) => authorization !== undefined);
  return [
    {
      path: `${folder}/hosts.toml`,
      content: renderHostsToml(itself.endpoint, before),
      mode: hasSecret ? secretMode : 0o644,
    },
    ...itself.files,
    ...mirrors.flatMap(({ files }) => files),
  ];
}

function endpointFiles(
  { url, skipVerify, isWholePath = false, authority, client, onNode }: EndpointAccess,
  folder: string,
  name: string,
): { readonly endpoint: TomlEndpoint; readonly files: readonly ContainerFile[] } {
  const path = (suffix: string) => `${folder}/${name}-${suffix}.pem`;
  return {
    endpoint: {
      url,
      skipVerify,
      isWholePath,
      ...onNode,
      ...(authority === undefined ? {} : { authorityPath: path("ca") }),
      ...(client === undefined
        ? {}
        : { client: { certificatePath: path("client"), keyPath: path("client-key") } }),
    },
    files: [
      ...(authority === undefined ? [] : [{ path: path("ca"), content: authority }]),
      ...(client === undefined
        ? []
        : [
            { path: path("client"), content: client.certificate },
            { path: path("client-key"), content: client.key, mode: secretMode },
          ]),
    ],
  };
}

function renderLogins(logins: readonly (readonly [host: string, login: Login])[]): string {
  const auths = Object.fromEntries(
    logins.map(([host, login]) => [
      // The name that Docker has given it, and that the kubelet looks for.
      host === "docker.io" ? "https://index.docker.io/v1/" : host,
      { ...login, auth: encodedLogin(login) },
    ]),
  );
  return `${JSON.stringify({ auths })}\n`;
}

function renderProxyUnit(proxy: ProxyAccess, direct: readonly string[]): string {
  const variables = {
    HTTP_PROXY: proxy.httpProxy,
    HTTPS_PROXY: proxy.httpsProxy,
    NO_PROXY: [...new Set([...direct, ...proxy.noProxy])].join(","),
  };
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`Environment="${name}=${escapedForUnit(value)}"`],
  );
  return ["[Service]", ...lines, ""].join("\n");
}

/** https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting */
function escapedForUnit(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%");
}
