/** Address of a registry or a mirror, as containerd's configuration has it. */
export interface TomlEndpoint {
  /** Of the server, "" is where the registry answers by default. */
  readonly url: string;
  /** The URL ends where the API begins: containerd adds no /v2. */
  readonly isWholePath?: boolean;
  /** Paths in the node. */
  readonly authorityPath?: string;
  readonly client?: { readonly certificatePath: string; readonly keyPath: string };
  readonly skipVerify?: boolean;
  /** Value of the header. */
  readonly authorization?: string;
}

/**
 * containerd's answer to where a registry is: `before` in order, then the registry itself. The file is read at
 * each pull, so nothing is restarted for it.
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function renderHostsToml(
  server: TomlEndpoint,
  before: readonly TomlEndpoint[] = [],
): string {
  return [
    ...(server.url === "" ? [] : [`server = ${quoted(server.url)}`]),
    // What stands before the first table is about the server.
    ...settings(server),
    ...header("header", server),
    ...before.flatMap((endpoint) => [
      "",
      `[host.${quoted(endpoint.url)}]`,
      `  capabilities = ["pull", "resolve"]`,
      ...settings(endpoint).map((line) => `  ${line}`),
      ...header(`host.${quoted(endpoint.url)}.header`, endpoint),
    ]),
    "",
  ].join("\n");
}

/** Folder of containerd's configuration of a registry; "*" stands for every other. */
export function certsFolder(registry: string): string {
  return `/etc/containerd/certs.d/${registry === "*" ? "_default" : registry}`;
}

function settings({
  authorityPath,
  client,
  skipVerify,
  isWholePath,
}: TomlEndpoint): readonly string[] {
  return [
    ...(authorityPath === undefined ? [] : [`ca = ${quoted(authorityPath)}`]),
    ...(client === undefined
      ? []
      : [`client = [[${quoted(client.certificatePath)}, ${quoted(client.keyPath)}]]`]),
    ...(skipVerify === true ? ["skip_verify = true"] : []),
    ...(isWholePath === true ? ["override_path = true"] : []),
  ];
}

function header(table: string, { authorization }: TomlEndpoint): readonly string[] {
  if (authorization === undefined) return [];
  return ["", `[${table}]`, `  Authorization = ${quoted(authorization)}`];
}

/** TOML's basic strings take JSON's escapes. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
