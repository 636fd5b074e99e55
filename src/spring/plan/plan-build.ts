import { join, relative } from "node:path";
import type { SpringProject } from "../project/detect-project.ts";

/** How the project is built on the host; plain data. */
export interface BuildPlan {
  readonly tool: "Maven" | "Gradle";
  readonly command: readonly string[];
  /** Asks the build tool for its version and for the Java that it runs on. */
  readonly versionCommand: readonly string[];
  readonly cwd: string;
  /** Where the archive will be, absolute. */
  readonly outputDir: string;
  /** The archives of the last build as Maven told them, absolute; empty when it was not asked. */
  readonly archives: readonly string[];
  readonly archiveName: string | undefined;
  readonly packaging: "jar" | "war";
  /** The build tool also makes the image, by a plug-in. */
  readonly makesImage: boolean;
}

export interface BuildOptions {
  readonly runTests: boolean;
  readonly offline: boolean;
  /** All applications of one build that are built by one run; this one among them. */
  readonly together?: readonly Pick<SpringProject, "dir" | "rootDir" | "module" | "packaging">[];
  /** The image that the build tool makes itself; undefined where it only makes the archive. */
  readonly image?: ImageGoal;
}

/** An image for the container engine, by a plugin of the build. */
export interface ImageGoal {
  readonly builder: "jib" | "buildpacks";
  readonly name: string;
  /** Of the engine; undefined: what the build itself says. */
  readonly baseImage: string | undefined;
}

/** For projects whose pom does not name it. https://github.com/GoogleContainerTools/jib/releases */
const JIB_VERSION = "3.4.6";

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
    outputDir: project.outputDir ?? join(project.dir, isMaven ? "target" : "build/libs"),
    archives: project.archives ?? [],
    archiveName: project.archiveName,
    packaging: project.packaging,
    makesImage: options.image !== undefined,
  };
}

/** The same build, with the places of what it makes as they are known by now. */
export function withPlaces(
  build: BuildPlan,
  { outputDir = build.outputDir, archives = [] }: Pick<SpringProject, "outputDir" | "archives">,
): BuildPlan {
  return { ...build, outputDir, archives };
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
  { runTests, offline, image, together = [project] }: BuildOptions,
): readonly string[] {
  const { rootDir, usesTestJars, artifact, jib } = project;
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
    ...mavenImageArguments(image, { artifact, hasPlugin: jib !== undefined }),
  ];
}

function mavenImageArguments(
  image: ImageGoal | undefined,
  { artifact, hasPlugin }: { readonly artifact: string; readonly hasPlugin: boolean },
): readonly string[] {
  if (image === undefined) return [];
  const { builder, name, baseImage } = image;
  if (builder === "buildpacks") {
    return [
      "spring-boot:build-image-no-fork",
      `-Dspring-boot.build-image.imageName=${name}`,
      // Its default asks a registry for the builder at each build.
      "-Dspring-boot.build-image.pullPolicy=IF_NOT_PRESENT",
    ];
  }
  const plugin = hasPlugin ? "jib" : `com.google.cloud.tools:jib-maven-plugin:${JIB_VERSION}`;
  return [
    `${plugin}:dockerBuild`,
    `-Djib.to.image=${name}`,
    ...(baseImage === undefined ? [] : [`-Djib.from.image=docker://${baseImage}`]),
    // With --also-make the goal runs for every module; this one has the application.
    `-Djib.containerize=:${artifact}`,
  ];
}

function gradleImageArguments(image: ImageGoal, prefix: string): readonly string[] {
  const { builder, name, baseImage } = image;
  if (builder === "buildpacks")
    return [`${prefix}bootBuildImage`, `--imageName=${name}`, "--pullPolicy=IF_NOT_PRESENT"];
  return [
    `${prefix}jibDockerBuild`,
    `--image=${name}`,
    ...(baseImage === undefined ? [] : [`-Djib.from.image=docker://${baseImage}`]),
  ];
}

function gradleArguments(
  project: SpringProject,
  { runTests, offline, image, together = [project] }: BuildOptions,
): readonly string[] {
  return [
    "--console=plain",
    ...(offline ? ["--offline"] : []),
    // bootJar and bootWar do not depend on the tests.
    ...together.flatMap(({ module, packaging }) => {
      const prefix = module === undefined ? "" : `${module}:`;
      return [
        ...(runTests ? [`${prefix}test`] : []),
        ...(image === undefined
          ? [`${prefix}${packaging === "war" ? "bootWar" : "bootJar"}`]
          : gradleImageArguments(image, prefix)),
      ];
    }),
  ];
}
