import type { TomlEndpoint } from "./hosts-toml.ts";

/** What a cluster's `registries` and `proxy` say, with the files and secrets that they name read. Never printed. */
export interface RegistryAccess {
  /** Those of the config, and those that are only cached. */
  readonly hosts: readonly HostAccess[];
  /** PEM of authorities trusted in every registry. */
  readonly authorities?: string;
  readonly proxy?: ProxyAccess;
}

export interface EndpointAccess {
  /** "https://registry.example:5000"; "": where each registry answers by default. */
  readonly url: string;
  /** The URL ends where the API begins: no /v2 is added. */
  readonly isWholePath?: boolean;
  readonly skipVerify: boolean;
  /** PEM. */
  readonly authority?: string;
  /** PEM. */
  readonly client?: { readonly certificate: string; readonly key: string };
  /** Files that the node has by itself, as by a mount, in place of `authority` and `client`. */
  readonly onNode?: Pick<TomlEndpoint, "authorityPath" | "client">;
  readonly login?: Login;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface HostAccess extends EndpointAccess {
  /** As images name it; "*" for all that nothing else is said of. */
  readonly host: string;
  readonly isCached: boolean;
  readonly mirrors: readonly EndpointAccess[];
}

export interface ProxyAccess {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy: readonly string[];
  /** It is the one of this machine's environment. */
  readonly isFromHost: boolean;
}

/**
 * Go programs, as containerd and the registry are, read every file of this folder beside the bundle.
 * https://pkg.go.dev/crypto/x509#SystemCertPool
 */
export const trustedAuthoritiesPath = "/etc/ssl/certs/airfield-ca.pem";

/** "Basic …" of a login. */
export function basicAuthorization({ username, password }: Login): string {
  return `Basic ${encodedLogin({ username, password })}`;
}

export function encodedLogin({ username, password }: Login): string {
  return Buffer.from(`${username}:${password}`, "utf8").toString("base64");
}
