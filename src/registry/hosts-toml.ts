/**
 * containerd's answer to "where is localhost:PORT": the registry container, by plain HTTP. The file is
 * read at each pull, so nothing is restarted for it.
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function renderHostsToml(registryHost: string): string {
  return [
    `server = "http://${registryHost}"`,
    "",
    `[host."http://${registryHost}"]`,
    `  capabilities = ["pull", "resolve"]`,
    "",
  ].join("\n");
}

/** Folder in which containerd looks for the hosts.toml of a registry. */
export function hostsTomlPath(registry: string): string {
  return `/etc/containerd/certs.d/${registry}/hosts.toml`;
}
