import { z } from "zod";

/** What an application's image says of how it is run; the base says the rest. */
export interface ImageFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
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
 * The OCI config of an image on top of another: what the base says of its environment, ports and volumes
 * stays, its command goes. Nothing in it depends on when or where it is made, so that the same
 * content has the same id. Without a history, which would have to be known layer by layer.
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
        Env: withVariables(kept.Env ?? [], facts.env),
        WorkingDir: facts.workingDir,
        Entrypoint: facts.entrypoint,
        Labels: { ...kept.Labels, ...facts.labels },
      },
      rootfs: { type: "layers", diff_ids: [...rootfs.diff_ids, ...facts.layers] },
    }),
  );
}

function withVariables(
  env: readonly string[],
  more: Readonly<Record<string, string>>,
): readonly string[] {
  const kept = env.filter((line) => !(line.split("=", 1)[0] ?? "" in more));
  return [...kept, ...Object.entries(more).map(([name, value]) => `${name}=${value}`)];
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
