import { z } from "zod";

/** What an application's image says of how it is run; the base says the rest. */
export interface ImageFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly entrypoint: readonly string[];
  readonly createdSeconds: number;
  /** diffIDs above the base's, bottom first. */
  readonly layers: readonly string[];
}

const strings = z.record(z.string(), z.string());
const configSchema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  config: z
    .looseObject({
      Env: z.array(z.string()).nullish(),
      Labels: strings.nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()) }),
});

/**
 * The OCI config of an image on top of another, as a Dockerfile's FROM would make it: the base's environment, labels,
 * stop signal, shell, ports and volumes stay; its user, folder, entrypoint and command give way to the application's.
 * Nothing in it depends on when or where it is made, so that the same content has the same id. Without a history, which
 * would have to be known layer by layer.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md
 */
export function imageConfig(base: Uint8Array, facts: ImageFacts): Uint8Array {
  const { architecture, os, config, rootfs, ...rest } = parseConfig(base);
  const {
    Cmd: _command,
    Healthcheck: _check,
    OnBuild: _triggers,
    Hostname: _hostname,
    ...kept
  } = config ?? {};
  const variant = rest["variant"];
  return Buffer.from(
    JSON.stringify({
      created: new Date(facts.createdSeconds * 1000).toISOString(),
      architecture,
      ...(typeof variant === "string" && variant !== "" ? { variant } : {}),
      os,
      config: {
        ...kept,
        User: facts.user,
        Env: withLocale(kept.Env ?? []),
        WorkingDir: facts.workingDir,
        Entrypoint: facts.entrypoint,
        Labels: { ...kept.Labels, ...facts.labels },
      },
      rootfs: { type: "layers", diff_ids: [...rootfs.diff_ids, ...facts.layers] },
    }),
  );
}

/**
 * Without a locale the JVM takes the system to be ASCII: it prints "?" for "ü" and cannot open a file of such a name,
 * whatever file.encoding says. C.UTF-8 is part of glibc and musl, and where it is missing nothing changes.
 * https://openjdk.org/jeps/400 (sun.jnu.encoding, stdout.encoding)
 */
function withLocale(env: readonly string[]): readonly string[] {
  const hasLocale = env.some((line) => /^(?:LANG|LC_ALL|LC_CTYPE)=./.test(line));
  if (hasLocale) return env;
  return [...env.filter((line) => !line.startsWith("LANG=")), "LANG=C.UTF-8"];
}

export function labelsOfConfig(config: Uint8Array): Readonly<Record<string, string>> {
  return parseConfig(config).config?.Labels ?? {};
}

export function diffIdsOf(config: Uint8Array): readonly string[] {
  return parseConfig(config).rootfs.diff_ids;
}

function parseConfig(bytes: Uint8Array): z.infer<typeof configSchema> {
  return configSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}
