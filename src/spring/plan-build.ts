import { join, relative } from "node:path";
import type { SpringProject } from "./detect-project.ts";

/** How the project is built on the host; plain data. */
export interface BuildPlan {
  readonly tool: "Maven" | "Gradle";
  readonly command: readonly string[];
  /** Asks the build tool for its version and for the Java that it runs on. */
  readonly versionCommand: readonly string[];
  readonly cwd: string;
  /** Where the archive will be, absolute. */
  readonly outputDir: string;
  readonly archiveName: string | undefined;
  readonly packaging: "jar" | "war";
}

export interface BuildOptions {
  readonly runTests: boolean;
  readonly offline: boolean;
  /** All applications of one build that are built by one run; this one among them. */
  readonly together?: readonly Pick<SpringProject, "dir" | "rootDir" | "module" | "packaging">[];
}

/** With the project's wrapper when it has one, else with the build tool on PATH. */
export function planBuild(project: SpringProject, options: BuildOptions): BuildPlan {
  const isMaven = project.buildTool === "maven";
  const program = programOf(project);
  return {
    tool: isMaven ? "Maven" : "Gradle",
    command: [
      ...program,
      ...(isMaven ? mavenArguments(project, options) : gradleArguments(project, options)),
    ],
    versionCommand: [...program, "--version"],
    cwd: project.rootDir,
    outputDir: join(project.dir, isMaven ? "target" : "build/libs"),
    archiveName: project.archiveName,
    packaging: project.packaging,
  };
}

/**
 * Where the project's own Dockerfile copies from the build's output, the build comes first; where it
 * builds by itself (in a stage of its own), it does not.
 */
export function needsBuildBefore(dockerfileText: string): boolean {
  return dockerfileText
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .filter((line) => /^\s*(COPY|ADD|ARG)\s/i.test(line) && !/--from=/.test(line))
    .some((line) => /(^|[\s="'/[])(target|build\/libs|build)\/[^\s]*/.test(line));
}

function programOf({ buildTool, wrapper }: SpringProject): readonly string[] {
  const script = buildTool === "maven" ? "./mvnw" : "./gradlew";
  if (wrapper === undefined) return [buildTool === "maven" ? "mvn" : "gradle"];
  // A wrapper that came from Windows or a zip has lost its executable bit.
  return wrapper.isExecutable ? [script] : ["sh", script];
}

function mavenArguments(
  project: SpringProject,
  { runTests, offline, together = [project] }: BuildOptions,
): readonly string[] {
  const { rootDir, usesTestJars } = project;
  const modules = together.map(({ dir }) => relative(rootDir, dir));
  return [
    "--batch-mode",
    "--no-transfer-progress",
    "-Dstyle.color=never",
    ...(offline ? ["--offline"] : []),
    // maven.test.skip also saves compiling the tests, but modules that depend on a test-jar need it.
    ...(runTests ? [] : [usesTestJars ? "-DskipTests" : "-Dmaven.test.skip=true"]),
    ...(modules.includes("") ? [] : ["--projects", modules.join(","), "--also-make"]),
    "package",
  ];
}

function gradleArguments(
  project: SpringProject,
  { runTests, offline, together = [project] }: BuildOptions,
): readonly string[] {
  return [
    "--console=plain",
    ...(offline ? ["--offline"] : []),
    // bootJar and bootWar do not depend on the tests.
    ...together.flatMap(({ module, packaging }) => {
      const prefix = module === undefined ? "" : `${module}:`;
      return [
        ...(runTests ? [`${prefix}test`] : []),
        `${prefix}${packaging === "war" ? "bootWar" : "bootJar"}`,
      ];
    }),
  ];
}
