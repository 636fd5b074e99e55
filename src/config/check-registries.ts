import type { RegistriesConfig, RegistryEndpointConfig } from "./cluster-config.ts";
import type { Report } from "./report.ts";
import type { Path } from "./yaml-source.ts";

/** Faults between the fields of `registries`. */
export function checkRegistries(registries: Partial<RegistriesConfig>, report: Report): void {
  const { caches = [], hosts = [] } = registries;
  caches.forEach((host, index) => {
    if (caches.indexOf(host) < index)
      report(["registries", "caches", index], `${host} is given twice`);
  });
  hosts.forEach((host, index) => {
    const at = ["registries", "hosts", index];
    if (hosts.findIndex((other) => other.host === host.host) < index)
      report([...at, "host"], `${host.host} is given twice`);
    checkEndpoint(host, host.url, at, report);
    host.mirrors.forEach((mirror, place) =>
      checkEndpoint(mirror, mirror.url, [...at, "mirrors", place], report),
    );
    if (caches.includes(host.host)) checkCached(host, at, report);
  });
}

function checkEndpoint(
  endpoint: RegistryEndpointConfig,
  url: string | undefined,
  at: Path,
  report: Report,
): void {
  const { username, password, passwordFile, clientCertFile, clientKeyFile } = endpoint;
  if (password !== undefined && passwordFile !== undefined)
    report([...at, "passwordFile"], "there is a password already; leave one of them out");
  const hasPassword = password !== undefined || passwordFile !== undefined;
  if (username !== undefined && !hasPassword)
    report([...at, "username"], "a password or passwordFile is missing beside it");
  if (username === undefined && hasPassword)
    report([...at, password === undefined ? "passwordFile" : "password"], "a username is missing");
  if ((clientCertFile === undefined) !== (clientKeyFile === undefined))
    report(
      [...at, clientCertFile === undefined ? "clientKeyFile" : "clientCertFile"],
      "a certificate needs its key: give clientCertFile and clientKeyFile",
    );
  if (url?.startsWith("http://") !== true) return;
  for (const field of ["skipVerify", "caFile", "clientCertFile"] as const)
    if (endpoint[field] !== undefined && endpoint[field] !== false)
      report([...at, field], "an http:// address has no certificates; leave it out");
}

/** What the registry program cannot do when it stands before another registry. */
function checkCached(endpoint: RegistryEndpointConfig, at: Path, report: Report): void {
  if (endpoint.skipVerify)
    report([...at, "skipVerify"], "a cache checks certificates; give its authority by caFile");
  if (endpoint.clientCertFile !== undefined)
    report([...at, "clientCertFile"], "a cache cannot show a certificate; leave it out of caches");
}
