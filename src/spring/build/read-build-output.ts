import { toJavaVersion } from "../project/read-pom.ts";

/** Why a build failed, in the lines that matter. */
export interface BuildFailure {
  /** Compiler messages as "path:line:column: message", or the build tool's own reason. */
  readonly lines: readonly string[];
  /** The project needs a newer JDK than the build ran on. */
  readonly neededJava?: number;
  /** There is a JRE only, no compiler. */
  readonly hasNoCompiler: boolean;
  /** An image that a plug-in builds with and the engine could not pull. */
  readonly missingImage?: { readonly image: string; readonly reason: string };
}

const MAX_LINES = 30;

/** @param rootDir is taken off the paths in messages */
export function readBuildFailure(output: string, rootDir: string): BuildFailure {
  const lines = output.split(/\r?\n/).map((line) => line.replaceAll(`${rootDir}/`, ""));
  const neededJava = neededJavaOf(output);
  const missingImage = missingImageOf(output);
  const relevant = mavenErrors(lines) ?? gradleErrors(lines);
  return {
    lines: (relevant ?? lines.filter((line) => line.trim() !== "").slice(-15)).slice(0, MAX_LINES),
    ...(neededJava === undefined ? {} : { neededJava }),
    hasNoCompiler:
      /No compiler is provided in this environment|does not provide the required capabilities: \[JAVA_COMPILER\]/.test(
        output,
      ),
    ...(missingImage === undefined ? {} : { missingImage }),
  };
}

/** As spring-boot-buildpack-platform tells that its builder or run image could not be pulled. */
function missingImageOf(output: string): BuildFailure["missingImage"] {
  const pull = /\/images\/create\?fromImage=([^'&\s]+)[^\n]* failed with status code ([^\n]*)/.exec(
    output,
  );
  if (pull === null) return undefined;
  const reason = /message "(.*)"/.exec(pull[2] ?? "")?.[1] ?? `status code ${pull[2] ?? ""}`;
  return { image: decodeURIComponent(pull[1] ?? ""), reason: reason.replace(/\.$/, "") };
}

/** The Maven of a project, and the JDK that it runs on. */
export interface MavenTool {
  readonly version: string;
  readonly home: string;
  readonly javaHome: string;
}

/** What `mvn --version` says of itself; undefined for Gradle. */
export function readMavenTool(output: string): MavenTool | undefined {
  const version = /^Apache Maven (\S+)/m.exec(output)?.[1];
  const home = /^Maven home:\s*(.+)$/m.exec(output)?.[1]?.trim();
  const { home: javaHome } = readBuildToolJava(output);
  if (version === undefined || home === undefined || javaHome === undefined) return undefined;
  return { version, home, javaHome };
}

/** The Java that `mvn --version` or `gradle --version` says it runs on, and its home where it tells. */
export function readBuildToolJava(output: string): {
  readonly version: number | undefined;
  readonly home: string | undefined;
} {
  const maven = /^Java version:\s*([^,\s]+)(?:.*?runtime:\s*(.+))?$/m.exec(output);
  const gradle = /^(?:Launcher )?JVM:\s*(\S+)/m.exec(output);
  return {
    version: toJavaVersion(maven?.[1] ?? gradle?.[1]),
    home: maven?.[2]?.trim(),
  };
}

/** The [ERROR] lines without Maven's advice; compiler errors are told twice, so once is enough. */
function mavenErrors(lines: readonly string[]): readonly string[] | undefined {
  const errors = new Map<string, readonly string[]>();
  for (const [at, line] of lines.entries()) {
    const text = /^\[ERROR\] ?(.*)$/.exec(line)?.[1];
    if (text === undefined || text.trim() === "" || MAVEN_ADVICE.test(text)) continue;
    if (!errors.has(readable(text))) errors.set(readable(text), following(lines, at));
  }
  const all = [...errors];
  const compiler = all.filter(([text]) => isCompilerLine(text));
  const chosen = (compiler.length > 0 ? compiler : all).flatMap(([text, more]) => [text, ...more]);
  return chosen.length > 0 ? chosen : undefined;
}

const MAVEN_ADVICE =
  /^(COMPILATION ERROR|-> \[Help|To see the full stack trace|Re-run Maven|For more information|\[Help \d|After correcting the problems| {2}mvn )/;

/** Compiler lines ("path:line: error: …") or the "What went wrong" block. */
function gradleErrors(lines: readonly string[]): readonly string[] | undefined {
  const compiler = lines.flatMap((line, at) =>
    /^(e: )?\S.*\.(java|kt|groovy):\d+(:\d+)?:? (error: )?/.test(line)
      ? [readable(line), ...following(lines, at)]
      : [],
  );
  if (compiler.length > 0) return compiler;
  const start = lines.findIndex((line) => line.startsWith("* What went wrong:"));
  if (start === -1) return undefined;
  const end = lines.findIndex((line, at) => at > start && line.startsWith("* Try:"));
  return lines.slice(start + 1, end === -1 ? undefined : end).filter((line) => line.trim() !== "");
}

function following(lines: readonly string[], at: number): readonly string[] {
  const next = lines.slice(at + 1, at + 5);
  const end = next.findIndex((line) => !/^\s+\S/.test(line));
  return end === -1 ? next : next.slice(0, end);
}

function isCompilerLine(line: string): boolean {
  return /^\S+\.(java|kt|groovy):\d+/.test(line);
}

/** "/src/A.java:[12,5] cannot find symbol" as "src/A.java:12:5: cannot find symbol", which editors open. */
function readable(line: string): string {
  return line
    .replace(/^(\S+\.\w+):\[(\d+),(\d+)\] (?:error: )?/, "$1:$2:$3: ")
    .replace(/^e: (?:file:\/\/)?/, "")
    .replace(/^(\S+\.\w+:\d+(?::\d+)?):? (?:error: )?/, "$1: ")
    .replace(/ -> \[Help \d+\]$/, "");
}

function neededJavaOf(output: string): number | undefined {
  const release =
    /(?:release version|invalid target release:|invalid source release:) (\d+(?:\.\d+)?)/.exec(
      output,
    )?.[1] ??
    /Dependency requires at least JVM runtime version (\d+)/.exec(output)?.[1] ??
    /compatible with Java (\d+) and the consumer needed|requires? Java (\d+)/.exec(output)?.[1] ??
    /No matching toolchains? found for requested specification: \{languageVersion=(\d+)/.exec(
      output,
    )?.[1] ??
    /Cannot find a Java installation[^\n]*languageVersion=(\d+)/.exec(output)?.[1];
  if (release !== undefined) return toJavaVersion(release);
  const classFile = /class file version (\d+)\.\d+\), this version/.exec(output)?.[1];
  return classFile === undefined ? undefined : Number(classFile) - 44;
}

/**
 * Reads what a build tool works at from its lines: Maven's goals or, in a build of several modules, the module with its
 * place; Gradle's projects where there are several, else its tasks. A build of fifty modules has hundreds of goals.
 */
export function createBuildProgress(): (
  line: string,
) => { readonly detail: string; readonly fraction?: number } | undefined {
  let hasModules = false;
  let project = "";
  return (line) => {
    const [, module, place, count] = /^\[INFO\] Building (.+?) +\[(\d+)\/(\d+)\]$/.exec(line) ?? [];
    if (module !== undefined) {
      hasModules = true;
      return {
        detail: `${module} (${place} of ${count})`,
        fraction: (Number(place) - 1) / Number(count),
      };
    }
    const goal = /^\[INFO\] --- (?:maven-)?(\S+?)(?:-maven-plugin|-plugin)?:[^:\s]+:(\S+)/.exec(
      line,
    );
    if (goal !== null) return hasModules ? undefined : { detail: `${goal[1]}:${goal[2]}` };
    const [, task, owner] = /^> Task ((?:(:\S+))?:[^\s:]+)/.exec(line) ?? [];
    if (task === undefined || (owner !== undefined && owner === project)) return undefined;
    project = owner ?? "";
    return { detail: owner ?? task };
  };
}
