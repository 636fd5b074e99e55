import { extname, join, relative } from "node:path";
import type { SpringProject } from "../detect-project.ts";
import type { JavacCall, MavenCompilation, MavenResource } from "./read-maven-debug.ts";

export const compileChoices = ["auto", "javac", "build-tool"] as const;
export type CompileChoice = (typeof compileChoices)[number];

/** How changed sources become classes; plain data. */
export type CompilePlan =
  | {
      readonly with: "javac";
      readonly call: JavacCall;
      readonly resources: readonly MavenResource[];
      readonly filtersDollars: boolean;
    }
  /** `reason`: why not by javac alone. */
  | { readonly with: "build-tool"; readonly reason: string };

/** Goals up to the end of `process-classes` that leave classes as javac makes them and read nothing of the sources. */
const HARMLESS_GOALS =
  /^(resources:resources|compiler:compile|enforcer:|jacoco:prepare-agent|flatten:|spring-boot:build-info|git-commit-id:|io\.github\.git-commit-id:|buildnumber:|versions:|toolchains:|dependency:properties|checkstyle:|spotless:check|formatter:validate)/;
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

/** javac in a warm JVM where it is sure to give the classes that the build has just given; else the build tool. */
export function planCompile({
  goals,
  javac,
  resources,
  filtersDollars,
}: MavenCompilation): CompilePlan {
  const unknown = goals.filter((goal) => !HARMLESS_GOALS.test(goal) && !LATER_GOALS.test(goal));
  if (unknown.length > 0)
    return { with: "build-tool", reason: `the build runs ${unknown.join(", ")}` };
  if (javac === undefined) {
    return { with: "build-tool", reason: "Maven did not tell how it calls javac" };
  }
  return { with: "javac", call: javac, resources, filtersDollars };
}

/** What a changed file asks for. */
export type Change =
  | { readonly kind: "sources"; readonly path: string }
  | {
      readonly kind: "resource";
      readonly path: string;
      readonly target: string;
      readonly isFiltered: boolean;
    }
  /** Dependencies, plugins, versions: everything is worked out anew. */
  | { readonly kind: "build-file"; readonly path: string }
  /** Inside the project, and only the build tool knows what it is for. */
  | { readonly kind: "other"; readonly path: string }
  | { readonly kind: "irrelevant"; readonly path: string };

const BUILD_FILE =
  /(^|\/)(pom\.xml|[^/]+\.gradle(\.kts)?|gradle\.properties|libs\.versions\.toml|maven\.config|jvm\.config|extensions\.xml|(maven|gradle)-wrapper\.properties)$/;
/** Airfield's own. */
const CONFIG = /(^|\/)airfield\.ya?ml$/;
/** Beside the sources, or of editors while they save. */
const IRRELEVANT =
  /(^|\/)(src\/test\/|README|CHANGELOG|LICENSE|HELP\.md|\.git|\.idea|\.vscode|\.settings|\.classpath|\.project|\.DS_Store)|(~|\.swp|\.swx|\.swo|\.tmp|\.iml|\.log|\.class|___jb_tmp___|___jb_old___|\/4913)$|(^|\/)\.#|(^|\/)#[^/]*#$/;

export function isConfig(path: string): boolean {
  return CONFIG.test(path);
}

export function classifyChange(
  path: string,
  project: Pick<SpringProject, "rootDir">,
  plan: CompilePlan,
): Change {
  const inside = relative(project.rootDir, path);
  if (inside.startsWith("..") || IRRELEVANT.test(inside)) return { kind: "irrelevant", path };
  if (BUILD_FILE.test(inside) || isConfig(inside)) return { kind: "build-file", path };
  if (plan.with === "build-tool") return { kind: "other", path };
  if (plan.call.sourceRoots.some((root) => isBelow(path, root))) {
    // A folder without an extension: what is in it came or went.
    return [".java", ""].includes(extname(path))
      ? { kind: "sources", path }
      : { kind: "irrelevant", path };
  }
  const resources = plan.resources.filter(({ directory }) => isBelow(path, directory));
  if (resources.length === 0) return { kind: "other", path };
  const matching = resources.filter((resource) => isIncluded(path, resource));
  const [first] = matching;
  if (first === undefined) return { kind: "irrelevant", path };
  return {
    kind: "resource",
    path,
    target: join(plan.call.output, first.targetPath ?? "", relative(first.directory, path)),
    isFiltered: matching.some(({ isFiltered }) => isFiltered),
  };
}

/** Whether filtering would change this text: it has something in it that Maven takes for a property. */
export function hasPlaceholders(
  text: string,
  { filtersDollars }: { readonly filtersDollars: boolean },
): boolean {
  return /@[\w.-]+@/.test(text) || (filtersDollars && /\$\{[^}]+\}/.test(text));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function isIncluded(path: string, { directory, includes, excludes }: MavenResource): boolean {
  const inside = relative(directory, path);
  const matches = (pattern: string) => toRegExp(pattern).test(inside);
  return (includes.length === 0 || includes.some(matches)) && !excludes.some(matches);
}

/** Ant's patterns: `*` within a folder, `**` over any number of them. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern
    .replace(/\/$/, "/**")
    .split("/")
    .map((part, at, all) => {
      if (part === "**") return at === all.length - 1 ? ".*" : "(?:.*/)?";
      const text = part
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, "[^/]*")
        .replace(/\?/g, "[^/]");
      return at === all.length - 1 ? text : `${text}/`;
    });
  return new RegExp(`^${parts.join("")}$`);
}
