import { join, normalize } from "node:path";

/** What Maven did to compile one module, as `mvn -X` tells it. */
export interface MavenCompilation {
  /** Goals in their order, as "compiler:compile". */
  readonly goals: readonly string[];
  /** javac's own options; undefined when Maven did not tell them, or ran another compiler. */
  readonly javac?: JavacCall;
  readonly resources: readonly MavenResource[];
  /** Filtering takes `${name}` for a property; spring-boot-starter-parent leaves that to Spring and has `@name@` only. */
  readonly filtersDollars: boolean;
}

export interface JavacCall {
  /** Without the output folder. */
  readonly options: readonly string[];
  readonly sourceRoots: readonly string[];
  readonly output: string;
}

/** A folder of resources: https://maven.apache.org/pom.html#Resources */
export interface MavenResource {
  readonly directory: string;
  readonly targetPath: string | undefined;
  readonly isFiltered: boolean;
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/**
 * Reads the output of `mvn -X`. The options that Maven itself gives to javac are the only ones that are sure to give
 * the same classes: working them out from the pom would mean to be Maven. maven-compiler-plugin tells them in debug
 * mode only: https://github.com/apache/maven-compiler-plugin (AbstractCompilerMojo, "Command line options").
 */
export function readMavenDebug(output: string, moduleDir: string): MavenCompilation {
  const lines = output.split(/\r?\n/);
  const javac = javacCallOf(lines, moduleDir);
  return {
    goals: lines.flatMap((line) => goalOf(line) ?? []),
    ...(javac === undefined ? {} : { javac }),
    resources: resourcesOf(lines),
    filtersDollars: !lines.some((line) =>
      /^\[DEBUG\]\s+\([fs]\) useDefaultDelimiters = false/.test(line),
    ),
  };
}

function goalOf(line: string): string | undefined {
  const match = /^\[INFO\] --- (?:maven-)?(\S+?)(?:-maven-plugin|-plugin)?:[^:\s]+:(\S+)/.exec(
    line,
  );
  return match === null ? undefined : `${match[1] ?? ""}:${match[2] ?? ""}`;
}

function javacCallOf(lines: readonly string[], moduleDir: string): JavacCall | undefined {
  const start = lines.findIndex((line) => goalOf(line) === "compiler:compile");
  const next = lines.findIndex((line, at) => at > start && goalOf(line) !== undefined);
  const own = lines.slice(start, next === -1 ? undefined : next);
  const at = own.findIndex((line) => line.startsWith("[DEBUG] Command line options:"));
  const text = own[at + 1]?.replace(/^\[DEBUG\] /, "").trim();
  if (start === -1 || at === -1 || text === undefined || !text.startsWith("-d ")) return undefined;
  const words = text.split(/\s+/);
  const output = words[1];
  // Maven prints the options with blanks between them, so a path with a blank cannot be told from two.
  if (output === undefined || !output.startsWith(moduleDir)) return undefined;
  const options: string[] = [];
  let sourceRoots: readonly string[] = [];
  for (let word = 2; word < words.length; word += 1) {
    const option = words[word] ?? "";
    const value = words[word + 1] ?? "";
    if (option === "-classpath") {
      // The classes of before are on it; a class whose source is gone must not be found there.
      options.push(
        option,
        pathsOf(value)
          .filter((path) => path !== output)
          .join(":"),
      );
      word += 1;
    } else if (option === "-sourcepath") {
      sourceRoots = pathsOf(value);
      options.push(option, value);
      word += 1;
    } else options.push(option);
  }
  return sourceRoots.length === 0 ? undefined : { options, sourceRoots, output };
}

function pathsOf(value: string): readonly string[] {
  return value.split(":").filter((path) => path !== "");
}

function resourcesOf(lines: readonly string[]): readonly MavenResource[] {
  const start = lines.findIndex((line) => goalOf(line) === "resources:resources");
  // "(s)" of Maven 3.8, "(f)" of later ones.
  const line = lines
    .slice(start === -1 ? lines.length : start)
    .find((text) => /^\[DEBUG\]\s+\([fs]\) resources = \[/.test(text));
  const pattern =
    /Resource \{targetPath: (.*?), filtering: (true|false), FileSet \{directory: (.*?), PatternSet \[includes: \{(.*?)\}, excludes: \{(.*?)\}\]\}\}/g;
  return [...(line ?? "").matchAll(pattern)].map(
    ([, targetPath = "", filtering, directory = "", includes = "", excludes = ""]) => ({
      directory: normalize(join(directory, ".")),
      targetPath: targetPath === "null" ? undefined : targetPath,
      isFiltered: filtering === "true",
      includes: patternsOf(includes),
      excludes: patternsOf(excludes),
    }),
  );
}

function patternsOf(text: string): readonly string[] {
  return text
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}
