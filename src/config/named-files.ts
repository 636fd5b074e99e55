import { resolve } from "node:path";
import type { RegistryEndpointConfig } from "./cluster-config.ts";
import { filesOfSecret } from "./secret-references.ts";
import type { Application, Parts } from "./right-parts.ts";
import type { Path } from "./yaml-source.ts";

/** What is to be found where a config points; "file" is any that can be read. */
type NamedFileKind = "certificate" | "password" | "file" | "folder";

/** A file or folder of the host that a field of the config names. */
export interface NamedFile {
  readonly at: Path;
  /** Its path, absolute. */
  readonly file: string;
  readonly kind: NamedFileKind;
}

/**
 * All that a config names and needs. Not the host's side of extraMounts: the engine makes a folder where there is
 * nothing, as `docker run -v` does.
 */
export function namedFiles(
  { registries, applications }: Pick<Parts, "registries" | "applications">,
  folder: string,
): readonly NamedFile[] {
  const { caFiles = [], hosts = [] } = registries;
  const named = [
    ...caFiles.map((path, index) => name(["registries", "caFiles", index], path, "certificate")),
    ...hosts.flatMap((host, index) => {
      const at = ["registries", "hosts", index];
      const mirrors = host.mirrors.flatMap((mirror, place) =>
        ofEndpoint(mirror, [...at, "mirrors", place]),
      );
      return [...ofEndpoint(host, at), ...mirrors];
    }),
    ...applications.flatMap((application, index) =>
      ofApplication(application, ["applications", index]),
    ),
  ];
  return named.map((each) => ({ ...each, file: resolve(folder, each.file) }));
}

const endpointFiles = [
  ["caFile", "certificate"],
  ["clientCertFile", "certificate"],
  ["clientKeyFile", "file"],
  ["passwordFile", "password"],
] as const satisfies readonly (readonly [keyof RegistryEndpointConfig, NamedFileKind])[];

function ofEndpoint(endpoint: RegistryEndpointConfig, at: Path): readonly NamedFile[] {
  return endpointFiles.flatMap(([field, kind]) => {
    const path = endpoint[field];
    return path === undefined ? [] : [name([...at, field], path, kind)];
  });
}

function ofApplication(
  { path, kustomize, config, secrets = {} }: Partial<Application>,
  at: Path,
): readonly NamedFile[] {
  return [
    ...(path === undefined ? [] : [name([...at, "path"], path, "folder")]),
    ...(kustomize === undefined ? [] : [name([...at, "kustomize"], kustomize, "folder")]),
    ...(config?.files ?? []).map((file, index) =>
      name([...at, "config", "files", index], file, "file"),
    ),
    ...Object.entries(secrets).flatMap(([key, value]) =>
      filesOfSecret(value).map((file) => name([...at, "secrets", key], file, "file")),
    ),
  ];
}

function name(at: Path, file: string, kind: NamedFileKind): NamedFile {
  return { at, file, kind };
}
