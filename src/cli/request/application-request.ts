import type { Command } from "commander";
import type {
  AirfieldConfig,
  ApplicationConfig,
  BuildConfig,
  DependencyConfig,
} from "../../config/cluster-config.ts";
import type { Files } from "../../ports/files.ts";
import type { Ports } from "../../ports/ports.ts";
import { contentFilesOf } from "../../spring/project/read-contents.ts";
import type { UpRequest } from "../../spring/up/up-context.ts";
import type { Cli } from "../cli.ts";
import { choiceOption, collect, collectPairs, wholeNumber } from "./flags.ts";
import { absolutePath } from "./read-config.ts";

/** Flags that say how an application is to run; each goes before the same field of the config. */
export interface ApplicationFlags {
  readonly appName?: string;
  readonly module?: string;
  readonly namespace?: string;
  readonly run?: string;
  readonly profile?: readonly string[];
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly checkPath?: string;
  readonly buildWith?: string;
  readonly push?: string;
  /** Every application of a build with several modules. */
  readonly all?: boolean;
}

export const allModulesFlag = [
  "--all",
  "all Spring Boot applications of a build with several modules",
] as const;

/** Flags that say which application of a folder is meant. */
export function addIdentityFlags(command: Command): Command {
  return command
    .option("--app-name <name>", "name of the application (default: the project's own)")
    .option("--module <module>", "module to use, in a build with several applications")
    .option("-n, --namespace <namespace>", "namespace it runs in");
}

/** All flags that say how an application is to run. */
export function addApplicationFlags(command: Command): Command {
  return addIdentityFlags(command)
    .addOption(
      choiceOption("--run <how>", "job: it does its work and ends (default: service)", [
        "service",
        "job",
      ]),
    )
    .option("--profile <profiles>", "Spring profiles, separated by commas", collect)
    .option("--replicas <count>", "number of pods", wholeNumber("--replicas", 1, 100))
    .option(
      "-e, --env <name=value>",
      "environment variable; may be repeated",
      collectPairs("--env"),
    )
    .option(
      "--port <port>",
      "port on 127.0.0.1 that leads to it; 0 picks a free one",
      wholeNumber("--port", 0, 65_535),
    )
    .option("--check-path <path>", "path that is requested once it is ready");
}

/** What an application has to know of the config that describes others, too. */
export function surroundingsOf(
  config: AirfieldConfig | undefined,
): Required<Pick<UpRequest, "dependencies" | "contentFiles">> {
  const { applications = [], dependencies = [] } = config ?? {};
  return { dependencies, contentFiles: contentFilesOf(applications) };
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
  return wanted.map((application) => overridden(application, plain, given));
}

/** What a command is about, of all that the config describes and what the command line adds to it. */
export interface ChosenParts {
  readonly applications: readonly ApplicationConfig[];
  readonly dependencies: readonly DependencyConfig[];
  /** Applications, and names of applications and dependencies; undefined: all. */
  readonly only?: readonly (string | ApplicationConfig)[];
}

/**
 * The same for a command that takes several words, each the folder of a project or a name of the config. A word is a
 * folder when there is one, or when there is no config that could name it.
 * @param takesNames a word that is neither may be the name of an application that runs
 */
export async function chooseParts(
  cli: Cli,
  files: Pick<Files, "status">,
  config: AirfieldConfig | undefined,
  {
    words,
    flags,
    takesNames = false,
  }: {
    readonly words: readonly string[];
    readonly flags: ApplicationFlags;
    readonly takesNames?: boolean;
  },
): Promise<ChosenParts> {
  const { applications = [], dependencies = [] } = config ?? {};
  if (words.length === 0) {
    const chosen = await chooseApplications(cli, config, undefined, flags);
    const others = applications.filter(
      ({ origin }) => origin === undefined || !chosen.some((one) => one.origin === origin),
    );
    const isAll = others.length === 0;
    return {
      applications: [...chosen, ...others],
      dependencies,
      ...(isAll ? {} : { only: chosen }),
    };
  }
  const only: (string | ApplicationConfig)[] = [];
  const all = new Set<ApplicationConfig>(applications);
  for (const word of words) {
    const named = applications.find(({ name }) => name === word);
    const isNamed = named !== undefined || dependencies.some(({ name }) => name === word);
    const hasNames = applications.length + dependencies.length > 0;
    const path = absolutePath(cli.workingDirectory, word);
    const isFolder =
      !isNamed &&
      (applications.some((application) => application.path === path) ||
        (await files.status(path))?.kind === "directory");
    if (isFolder || !hasNames) {
      const isName = takesNames && !isFolder && !word.includes("/");
      const flagsOfWord = isName ? { ...flags, appName: flags.appName ?? word } : flags;
      for (const application of await chooseApplications(cli, config, word, flagsOfWord)) {
        const described = applications.find(({ origin }) => origin === application.origin);
        if (application.origin !== undefined && described !== undefined) all.delete(described);
        all.add(application);
        only.push(application);
      }
    } else if (named === undefined) only.push(word);
    else {
      const application = await withFlags(cli, named, flags);
      all.delete(named);
      all.add(application);
      only.push(application);
    }
  }
  return { applications: [...all], dependencies, only };
}

/** Each application of a folder that holds several becomes one of its own, when `--all` says so. */
export async function withAllModules(
  cli: Cli,
  parts: ChosenParts,
  { flags, ports }: { readonly flags: ApplicationFlags; readonly ports: Ports },
): Promise<ChosenParts> {
  if (flags.all !== true) return parts;
  const expand = async (application: ApplicationConfig): Promise<readonly ApplicationConfig[]> => {
    if (application.module !== undefined) return [application];
    const modules = await cli.useCases.listModules(application.path, ports.files);
    return modules.length === 0
      ? [application]
      : modules.map((module) => ({ ...application, module }));
  };
  const { only, applications, dependencies } = parts;
  if (only === undefined) {
    return { applications: (await Promise.all(applications.map(expand))).flat(), dependencies };
  }
  const chosen = await Promise.all(
    only.map(async (part) => (typeof part === "string" ? [part] : expand(part))),
  );
  // Those that are wanted are the very same objects in both lists.
  const others = applications.filter((application) => !only.includes(application));
  const wanted = chosen.flat().filter((part) => typeof part !== "string");
  return { applications: [...wanted, ...others], dependencies, only: chosen.flat() };
}

async function withFlags(
  cli: Cli,
  application: ApplicationConfig,
  flags: ApplicationFlags,
): Promise<ApplicationConfig> {
  const { application: plain, given } = await readFlags(cli, application.path, flags);
  return overridden(application, plain, given);
}

/** The flags go through the same checks as the file that could say them; it knows the defaults, too. */
async function readFlags(
  cli: Cli,
  path: string,
  flags: ApplicationFlags,
): Promise<{
  readonly application: ApplicationConfig;
  readonly given: Given;
}> {
  const { appName: name, module, namespace, run, profile, replicas, env, port, checkPath } = flags;
  const build = { with: flags.buildWith, pushTo: flags.push };
  const fields: Partial<Record<keyof ApplicationConfig, unknown>> = {
    ...{ name, module, namespace, run, profiles: profile, replicas, env },
    ...{ hostPort: port, checkPath },
  };
  const ofBuild = givenOf(build);
  const { applications } = await cli.useCases.loadConfig({
    // JSON is YAML, and leaves out what is undefined.
    text: JSON.stringify({
      apiVersion: "airfield.dev/v1",
      kind: "Cluster",
      applications: [{ path, ...fields, build }],
    }),
    file: "The command line",
    folder: cli.workingDirectory,
  });
  const [described] = applications;
  if (described === undefined) throw new Error("A config lost its application.");
  // No file says it, so no error may send the user to one.
  const { origin: _origin, ...application } = described;
  return { application, given: { fields: givenOf(fields), ofBuild } };
}

/** What flags say. */
interface Given {
  readonly fields: readonly (keyof ApplicationConfig)[];
  readonly ofBuild: readonly (keyof BuildConfig)[];
}

function givenOf<Field extends string>(
  values: Readonly<Partial<Record<Field, unknown>>>,
): readonly Field[] {
  return (Object.keys(values) as Field[]).filter((field) => values[field] !== undefined);
}

/** The application of the config with what flags say in its place. */
function overridden(
  application: ApplicationConfig,
  flags: ApplicationConfig,
  { fields, ofBuild }: Given,
): ApplicationConfig {
  return {
    ...application,
    ...pick(flags, fields),
    ...(fields.includes("profiles") ? { addsProfiles: false } : {}),
    build: { ...application.build, ...pick(flags.build, ofBuild) },
  };
}

function pick<Whole extends object>(whole: Whole, fields: readonly (keyof Whole)[]) {
  return Object.fromEntries(fields.map((field) => [field, whole[field]])) as Partial<Whole>;
}
