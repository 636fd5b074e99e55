import { extname, isAbsolute, join, normalize, relative } from "node:path";
import { antPattern, matchesPattern } from "../project/ant-pattern.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { isLeftover, LEFTOVER_PATH } from "../project/leftovers.ts";
import { nameOfGoal, type MavenModule, type MavenResource } from "../build/maven-report.ts";
import type { JavacOptions } from "./read-maven-debug.ts";

export const compileChoices = ["auto", "javac", "build-tool"] as const;
export type CompileChoice = (typeof compileChoices)[number];

/** How changed sources become classes; plain data. */
export type CompilePlan =
  | {
      readonly with: "javac";
      readonly call: JavacCall;
      readonly resources: readonly ResourceFolder[];
      /** Regular expressions of what filtering takes for a property; undefined: it cannot be known. */
      readonly placeholders: readonly string[] | undefined;
    }
  /** `reason`: why not by javac alone. */
  | { readonly with: "build-tool"; readonly reason: string };

/** One run of javac over all sources of the roots. */
export interface JavacCall extends JavacOptions {
  /** Regular expressions of paths below a root. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** A folder of resources with regular expressions for its patterns. */
interface ResourceFolder extends Pick<MavenResource, "directory" | "isFiltered"> {
  /** Where its files go, absolute. */
  readonly target: string;
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** Goals up to the end of `process-classes` that leave classes as javac makes them and read nothing of the sources. */
const HARMLESS_GOALS =
  /^(resources:resources|compiler:compile|enforcer:|jacoco:prepare-agent|flatten:|spring-boot:build-info|git-commit-id:|buildnumber:|versions:|toolchains:|dependency:properties|checkstyle:|spotless:check|formatter:validate)/;
/** What comes after the classes are made. */
const LATER_GOALS =
  /^(resources:testResources|compiler:testCompile|surefire:|failsafe:|jar:|war:|spring-boot:repackage|install:|deploy:|jacoco:report|source:|javadoc:|assembly:|shade:|cyclonedx:)/;

/**
 * Why javac alone would not give the build's classes, as far as the project itself tells; undefined: the build is to be
 * asked (`mvn -X`).
 * @param languages of the application's sources, as "java", "kotlin"
 */
export function reasonForBuildTool(
  project: SpringProject,
  languages: readonly string[],
): string | undefined {
  if (project.buildTool === "gradle") return "Gradle's own daemon stays in memory";
  if (project.module !== undefined) return "the application is one module of several";
  if (project.packaging === "war") return "it is packed as a war";
  const foreign = languages.filter((language) => language !== "java");
  return foreign.length > 0 ? `it has sources in ${foreign.join(" and ")}` : undefined;
}

/**
 * javac in a warm JVM where it is sure to give the classes that the build has just given; else the build tool.
 * @param javac what Maven gave to it; undefined: it did not tell
 * @param module what Maven told of the build; undefined: it could not be asked
 */
export function planCompile(
  javac: JavacOptions | undefined,
  module: Pick<MavenModule, "goals" | "dir"> | undefined,
): CompilePlan {
  const slow = (reason: string): CompilePlan => ({ with: "build-tool", reason });
  if (module === undefined) return slow("Maven could not be asked what it does");
  const names = module.goals.map(nameOfGoal);
  const unknown = names.filter((name) => !HARMLESS_GOALS.test(name) && !LATER_GOALS.test(name));
  if (unknown.length > 0) return slow(`the build runs ${unknown.join(", ")}`);
  for (const name of ["compiler:compile", "resources:resources"]) {
    if (names.filter((each) => each === name).length > 1)
      return slow(`the build runs ${name} twice`);
  }
  if (javac === undefined) return slow("Maven did not tell how it calls javac");
  const compile = parametersOf(module, "compiler:compile");
  const copy = parametersOf(module, "resources:resources");
  const includes = textsOf(compile["includes"]);
  return {
    with: "javac",
    call: {
      ...javac,
      includes: (includes.length === 0 ? ["**/*.java"] : includes).map(antPattern),
      excludes: [...textsOf(compile["excludes"]).map(antPattern), LEFTOVER_PATH],
    },
    resources: resourcesOf(copy["resources"], { dir: module.dir, output: javac.output }),
    placeholders: placeholdersOf(copy),
  };
}

function parametersOf(
  { goals }: Pick<MavenModule, "goals">,
  name: string,
): Readonly<Record<string, unknown>> {
  return goals.find((goal) => nameOfGoal(goal) === name)?.parameters ?? {};
}

function resourcesOf(
  value: unknown,
  { dir, output }: { readonly dir: string; readonly output: string },
): readonly ResourceFolder[] {
  return ((value ?? []) as readonly MavenResource[]).map((resource) => ({
    directory: absolute(dir, resource.directory),
    target: absolute(output, resource.targetPath ?? ""),
    isFiltered: resource.isFiltered,
    includes: resource.includes.map(antPattern),
    excludes: [...resource.excludes.map(antPattern), LEFTOVER_PATH],
  }));
}

/** `@` is short for `@*@`: https://maven.apache.org/plugins/maven-resources-plugin/resources-mojo.html#delimiters */
function placeholdersOf(copy: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const own = textsOf(copy["delimiters"]);
  const known = new Map([
    ["@", "@[^@\\s]+@"],
    ["@*@", "@[^@\\s]+@"],
    ["${*}", "\\$\\{[^}]+\\}"],
  ]);
  const all = copy["useDefaultDelimiters"] === "false" ? own : ["@", "${*}", ...own];
  const expressions = all.map((delimiter) => known.get(delimiter));
  return expressions.every((each) => each !== undefined) ? expressions : undefined;
}

function absolute(dir: string, path: string): string {
  const whole = normalize(isAbsolute(path) ? path : join(dir, path));
  return whole.length > 1 ? whole.replace(/\/$/, "") : whole;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** What a changed file asks for. */
export type Change =
  | { readonly kind: "sources"; readonly path: string }
  | {
      readonly kind: "resource";
      readonly path: string;
      readonly target: string;
      readonly isFiltered: boolean;
      /** Files of other folders that would go to the same place; which of them Maven takes depends on their times. */
      readonly rivals: readonly string[];
    }
  /** Dependencies, plugins, versions: everything is worked out anew. */
  | { readonly kind: "build-file"; readonly path: string }
  /** Only the build tool knows what it is for. */
  | { readonly kind: "other"; readonly path: string }
  /** Of no folder that the build reads, as far as it is known; what the pods read beside the archive may be among them. */
  | { readonly kind: "beside"; readonly path: string }
  | { readonly kind: "irrelevant"; readonly path: string };

const BUILD_FILE =
  /(^|\/)(pom\.xml|[^/]+\.gradle(\.kts)?|gradle\.properties|libs\.versions\.toml|maven\.config|jvm\.config|extensions\.xml|(maven|gradle)-wrapper\.properties)$/;
/** Airfield's own. */
const CONFIG = /(^|\/)airfield\.ya?ml$/;
/** Beside the sources. */
const IRRELEVANT =
  /(^|\/)(src\/test\/|README|CHANGELOG|LICENSE|HELP\.md|\.gitignore|\.gitattributes|\.idea\/|\.vscode\/|\.settings\/|\.classpath$|\.project$)|\.(tmp|iml|log|out|class|pid)$|\.log\.\d+$|(^|\/)(\.idea|\.vscode|\.settings|nohup\.out)$/;

export function isConfig(path: string): boolean {
  return CONFIG.test(path);
}

/** Whether no build reads it: tests, pages, logs, and what editors leave. */
export function isNoPart(inside: string): boolean {
  return inside.split("/").some(isLeftover) || IRRELEVANT.test(inside);
}

export function classifyChange(
  path: string,
  project: Pick<SpringProject, "rootDir">,
  plan: CompilePlan,
): Change {
  const inside = relative(project.rootDir, path);
  if (inside.startsWith("..") || isNoPart(inside)) return { kind: "irrelevant", path };
  if (BUILD_FILE.test(inside) || isConfig(inside)) return { kind: "build-file", path };
  if (plan.with === "build-tool") return { kind: "other", path };
  const root = plan.call.sourceRoots.find((folder) => isBelow(path, folder));
  const resources = plan.resources.filter(({ directory }) => isBelow(path, directory));
  // Without an extension it may be a folder: all that is in it came or went.
  if (extname(path) === "" && root !== undefined)
    return { kind: resources.length > 0 ? "other" : "sources", path };
  // Also one that the build excludes: javac compiles it when another needs it.
  if (root !== undefined && extname(path) === ".java") return { kind: "sources", path };
  if (root === undefined && resources.length === 0) return { kind: "beside", path };
  return resourceChange(path, plan.resources, plan.call.output);
}

function resourceChange(path: string, all: readonly ResourceFolder[], output: string): Change {
  const matching = all.filter(
    (resource) =>
      isBelow(path, resource.directory) && isIncluded(relative(resource.directory, path), resource),
  );
  const [first] = matching;
  if (first === undefined) return { kind: "irrelevant", path };
  const inside = relative(first.directory, path);
  const target = join(first.target, inside);
  // Outside of the classes it is of no use to the archive, or of one that only the build knows.
  if (!isBelow(target, output)) return { kind: "other", path };
  const rivals = all
    .map((resource) => join(resource.directory, relative(resource.target, target)))
    .filter((rival) => rival !== path);
  const isFiltered = matching.some((resource) => resource.isFiltered);
  return { ...{ kind: "resource", path, target, isFiltered }, rivals: [...new Set(rivals)] };
}

/** Whether filtering would change this text: it has something in it that Maven takes for a property. */
export function hasPlaceholders(
  text: string,
  { placeholders }: { readonly placeholders: readonly string[] | undefined },
): boolean {
  return placeholders?.some((expression) => new RegExp(expression).test(text)) ?? true;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isIncluded(
  path: string,
  { includes, excludes }: Pick<ResourceFolder, "includes" | "excludes">,
): boolean {
  const matches = (pattern: string) => matchesPattern(path, pattern);
  return (includes.length === 0 || includes.some(matches)) && !excludes.some(matches);
}
