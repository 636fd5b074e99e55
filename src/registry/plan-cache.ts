import { label } from "../nodes/labels.ts";
import type { ContainerFile, ContainerSpec } from "../ports/container-engine.ts";
import {
  registryConfigPath,
  registryContainer,
  registryDataPath,
  registryPort,
} from "./plan-registry.ts";
import { registriesNetwork } from "./registries-network.ts";
import {
  type HostAccess,
  type Login,
  type RegistryAccess,
  trustedAuthoritiesPath,
} from "./access/registry-access.ts";

/** A cache of another registry, shared by all clusters of the machine. Holds no secret. */
export interface CachePlan {
  /** Of the registry that it caches: "docker.io". Its name, too. */
  readonly host: string;
  readonly container: string;
  readonly volume: string;
  readonly image: string;
}

export function planCache(host: string, image: string): CachePlan {
  const name = `airfield-cache-${host.replace(":", "-")}`;
  return { host, container: name, volume: name, image };
}

const loginScriptPath = "/etc/distribution/login";

/** How it is reached inside a cluster's network. */
export function cacheHost({ container }: CachePlan): string {
  return `${container}:${registryPort}`;
}

/** The container of a cache and the files it needs before it starts. */
export function planCacheContainer(
  { host, container, volume, image }: CachePlan,
  { proxy, authorities = "" }: RegistryAccess,
  access: HostAccess,
  creation: string,
): { readonly spec: ContainerSpec; readonly files: readonly ContainerFile[] } {
  const trusted = `${authorities}${access.authority ?? ""}`;
  return {
    spec: registryContainer({
      name: container,
      image,
      labels: {
        [label.registry]: host,
        [label.role]: "cache",
        [label.creation]: creation,
      },
      volume,
      // Not published: with a login it would give everybody on this machine what only the user may read.
      network: { name: registriesNetwork },
      env: {
        REGISTRY_PROXY_REMOTEURL: access.url,
        ...(proxy?.httpProxy === undefined ? {} : { HTTP_PROXY: proxy.httpProxy }),
        ...(proxy?.httpsProxy === undefined ? {} : { HTTPS_PROXY: proxy.httpsProxy }),
        ...(proxy === undefined ? {} : { NO_PROXY: ["localhost", ...proxy.noProxy].join(",") }),
      },
    }),
    files: [
      { path: registryConfigPath, content: renderConfig(access.url) },
      { path: loginScriptPath, content: renderLoginScript(access.login), mode: 0o700 },
      ...(trusted === "" ? [] : [{ path: trustedAuthoritiesPath, content: trusted }]),
    ],
  };
}

/**
 * YAML that is JSON: nothing to escape. https://distribution.github.io/distribution/about/configuration/#proxy
 *
 * A login in the file itself would be the simpler way, but with one, or with none, the registry program asks the other
 * registry at its start how it wants to be logged in to, and ends when nobody answers: a cache would serve nothing
 * without network after a reboot. Told to run a program for the login it asks at the first pull.
 * https://github.com/distribution/distribution/blob/v3.0.0/registry/proxy/proxyregistry.go
 */
function renderConfig(url: string): string {
  return `${JSON.stringify(
    {
      version: "0.1",
      log: { level: "warn" },
      storage: {
        filesystem: { rootdirectory: registryDataPath },
        delete: { enabled: true },
      },
      http: { addr: `:${registryPort}` },
      proxy: { remoteurl: url, exec: { command: loginScriptPath } },
    },
    null,
    2,
  )}\n`;
}

/**
 * Answers as Docker's credential helpers do; two empty fields are no login. It is a file and not a variable, which
 * `docker inspect` would show. https://github.com/docker/docker-credential-helpers#development
 */
function renderLoginScript({ username = "", password = "" }: Partial<Login> = {}): string {
  const answer = JSON.stringify({ Username: username, Secret: password });
  return `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`;
}
