import { basename, join } from "node:path";
import type { ApplicationConfig } from "../../config/cluster-config.ts";
import { filesOfSecret, SECRET_REFERENCE } from "../../config/secret-references.ts";
import { ToolError } from "../../errors/tool-error.ts";
import type { Files } from "../../ports/files.ts";
import type { SpringProject } from "./detect-project.ts";

/** What an application reads beside its archive: facts of the host, kept in the cluster as ConfigMap and Secret. */
export interface Contents {
  /** By file name, in the order of their names. */
  readonly config: Readonly<Record<string, Uint8Array>>;
  /** References resolved. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Of the values together, without their keys (k8s.io/kubernetes/pkg/apis/core: MaxSecretSize). */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the config files that the application names, or else those for its profiles that stand beside its build
 * file, and the values of its secrets. Throws `config-file-missing`, `config-too-large` and `secret-unresolved`.
 */
export async function readContents(
  application: ApplicationConfig,
  {
    name,
    project,
    files,
    environment,
  }: {
    readonly name: string;
    readonly project: Pick<SpringProject, "dir">;
    readonly files: Files;
    /** Absent: references of secrets stay as they are. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
  },
): Promise<Contents> {
  const { secrets: references } = application;
  const config =
    application.config.files.length > 0
      ? await readGiven(application, files)
      : await readFound(project.dir, { profiles: application.profiles, files });
  checkSize(config, { name, what: "ConfigMap", place: placeOf(application, "config.files") });

  const secrets: Record<string, string> = {};
  for (const key of Object.keys(references).toSorted()) {
    const place = placeOf(application, `secrets.${key}`);
    const reference = references[key] ?? "";
    secrets[key] =
      environment === undefined
        ? reference
        : await resolveSecret(reference, { key, place, files, environment });
  }
  const place = placeOf(application, "secrets");
  checkSize(mapValues(secrets, Buffer.from), { name, what: "Secret", place });
  return { config, secrets };
}

/** The files that applications name as their configuration, or take secrets from; absolute. */
export function contentFilesOf(applications: readonly ApplicationConfig[]): readonly string[] {
  return applications.flatMap(({ config, secrets }) => [
    ...config.files,
    ...Object.values(secrets).flatMap(filesOfSecret),
  ]);
}

/** "airfield.yaml:12: applications[0].secrets"; undefined for an application that no file describes. */
export function placeOf(
  { origin }: Pick<ApplicationConfig, "origin">,
  field: string,
): string | undefined {
  return origin === undefined
    ? undefined
    : `${origin.file}:${origin.line}: ${origin.path}.${field}`;
}

async function readGiven(
  application: ApplicationConfig,
  files: Files,
): Promise<Contents["config"]> {
  const found = new Map<string, Uint8Array>();
  for (const [index, file] of application.config.files.entries()) {
    const bytes = await files.readBytes(file);
    if (bytes === undefined) {
      const place = placeOf(application, `config.files[${index}]`);
      throw new ToolError("config-file-missing", { place, file });
    }
    found.set(basename(file), bytes);
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => a.localeCompare(b)));
}

/**
 * Where Spring Boot itself looks when it runs in the project's folder, but only files for the profiles that are
 * active in the cluster: application.yml there is for the developer's own runs.
 * https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files
 */
async function readFound(
  dir: string,
  { profiles, files }: { readonly profiles: readonly string[]; readonly files: Files },
): Promise<Contents["config"]> {
  const found = new Map<string, Uint8Array>();
  for (const folder of [dir, join(dir, "config")]) {
    for (const profile of profiles) {
      for (const extension of ["properties", "yaml", "yml"]) {
        const file = `application-${profile}.${extension}`;
        const bytes = await files.readBytes(join(folder, file));
        if (bytes !== undefined) found.set(file, bytes);
      }
    }
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => a.localeCompare(b)));
}

async function resolveSecret(
  text: string,
  {
    key,
    place,
    files,
    environment,
  }: {
    readonly key: string;
    readonly place: string | undefined;
    readonly files: Files;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  let value = "";
  let end = 0;
  for (const match of text.matchAll(SECRET_REFERENCE)) {
    const [whole, kind, name = ""] = match;
    const found = kind === "env" ? environment[name] : await files.readText(name);
    if (found === undefined) {
      const reason =
        kind === "env" ? `the variable ${name} is not set` : `there is no file ${name}`;
      throw new ToolError("secret-unresolved", { place, key, reason });
    }
    value += text.slice(end, match.index) + found;
    end = match.index + whole.length;
  }
  return value + text.slice(end);
}

function checkSize(
  contents: Readonly<Record<string, Uint8Array>>,
  { name, what, place }: { readonly name: string; what: string; place: string | undefined },
): void {
  const sizes = Object.entries(contents).map(([part, bytes]) => ({ part, size: bytes.byteLength }));
  const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
  const [largest] = sizes.toSorted((a, b) => b.size - a.size);
  if (bytes <= MAX_BYTES || largest === undefined) return;
  throw new ToolError("config-too-large", {
    ...{ place, name, what, bytes },
    ...{ largest: largest.part, largestBytes: largest.size },
  });
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
