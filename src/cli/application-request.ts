import type { AirfieldConfig, ApplicationConfig } from "../config/cluster-config.ts";
import type { Cli } from "./cli.ts";
import { absolutePath } from "./read-config.ts";

/** Flags that say how an application is to run; each goes before the same field of the config. */
export interface ApplicationFlags {
  readonly appName?: string;
  readonly module?: string;
  readonly namespace?: string;
  readonly profile?: readonly string[];
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly checkPath?: string;
}

/**
 * The applications that a command is about: that of the folder, as the config or else nobody describes it;
 * without a folder all of the config; without both that of the current folder.
 */
export async function chooseApplications(
  cli: Cli,
  config: AirfieldConfig | undefined,
  folder: string | undefined,
  flags: ApplicationFlags,
): Promise<readonly ApplicationConfig[]> {
  const path = absolutePath(cli.workingDirectory, folder ?? ".");
  const described = config?.applications ?? [];
  const wanted =
    folder === undefined && !described.some((application) => application.path === path)
      ? described
      : described.filter((application) => application.path === path);
  const { application: plain, given } = await readFlags(cli, path, flags);
  if (wanted.length === 0) return [plain];
  return wanted.map((application) => ({ ...application, ...pick(plain, given) }));
}

/** The flags go through the same checks as the file that could say them; it knows the defaults, too. */
async function readFlags(
  cli: Cli,
  path: string,
  flags: ApplicationFlags,
): Promise<{
  readonly application: ApplicationConfig;
  readonly given: readonly (keyof ApplicationConfig)[];
}> {
  const { appName: name, module, namespace, profile, replicas, env, port, checkPath } = flags;
  const fields: Partial<Record<keyof ApplicationConfig, unknown>> = {
    ...{ name, module, namespace, profiles: profile, replicas, env },
    ...{ hostPort: port, checkPath },
  };
  const { applications } = await cli.useCases.loadConfig({
    // JSON is YAML, and leaves out what is undefined.
    text: JSON.stringify({
      apiVersion: "airfield.dev/v1",
      kind: "Cluster",
      applications: [{ path, ...fields }],
    }),
    file: "The command line",
    folder: cli.workingDirectory,
  });
  const [application] = applications;
  if (application === undefined) throw new Error("A config lost its application.");
  const given = (Object.keys(fields) as (keyof ApplicationConfig)[]).filter(
    (field) => fields[field] !== undefined,
  );
  return { application, given };
}

function pick(
  application: ApplicationConfig,
  fields: readonly (keyof ApplicationConfig)[],
): Partial<ApplicationConfig> {
  return Object.fromEntries(fields.map((field) => [field, application[field]]));
}
