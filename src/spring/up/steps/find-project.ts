import { ToolError } from "../../../errors/tool-error.ts";
import { warningOf } from "../../../errors/warning-of.ts";
import { activeProfiles, readApplicationProperties } from "../../project/read-properties-files.ts";
import { planApplicationName, type ApplicationName } from "../../project/application-name.ts";
import { chooseBuilder, type ImageBuilder } from "../../plan/choose-builder.ts";
import { detectProject, type SpringProject } from "../../project/detect-project.ts";
import { readSources, type SourceState } from "../../project/fingerprint-sources.ts";
import { recallWritten } from "../../build/written-by-builds.ts";
import { recallModel, withModel } from "../../build/known-build.ts";
import { needsBuildBefore } from "../../plan/plan-build.ts";
import { readContents } from "../../project/read-contents.ts";
import { profilesOf, type UpPorts, type UpRequest } from "../up-context.ts";
import type { Looked, Sources, UpTask } from "../up-stages.ts";

/** Sources that are known already; undefined: they are read. */
export interface KnownSources {
  readonly sources?: Sources | undefined;
}

/** Reads what the project says of itself; nothing of it is run. */
export const findProject: UpTask<KnownSources, Looked> = {
  id: "find-project",
  phase: "image",
  title: () => "Looking at the project",
  async run({ request, ports }, known, { progress }) {
    const looked = await lookAtProject(request, ports, known);
    progress(describe(looked));
    return looked;
  },
};

export async function lookAtProject(
  request: UpRequest,
  { files, reporter }: Pick<UpPorts, "files" | "reporter">,
  known: KnownSources = {},
): Promise<Looked> {
  const { application, environment } = request;
  const { project, named } = await readProject(request, { files });
  checkSpringBootVersion(project);
  const { name, changedFrom } = named;
  if (changedFrom !== undefined) {
    reporter.report(warningOf("application-name-changed", { name, changedFrom }));
  }
  const contents = await readContents(application, {
    ...{ name, project, files },
    ...(environment === undefined ? {} : { environment }),
  });
  const { dockerfile } = project;
  const imageBuilder = chooseBuilder(application.build.with, project);
  const isDockerfile = imageBuilder === "dockerfile" && dockerfile !== undefined;
  const needsArchive =
    imageBuilder === "assemble" ||
    (isDockerfile && needsBuildBefore((await files.readText(dockerfile)) ?? ""));
  const sources =
    known.sources ?? (await readProjectSources(project, { builder: imageBuilder, request, files }));
  return { project, name, contents, imageBuilder, needsArchive, sources };
}

/** What the application's image is made of, and a hash of it. */
export async function readProjectSources(
  { rootDir, dir, dockerfile, otherModules = [], outputDir, outputFolders }: SpringProject,
  {
    builder,
    request: { contentFiles = [] },
    files,
  }: {
    readonly builder: ImageBuilder;
    readonly request: Pick<UpRequest, "contentFiles">;
    readonly files: UpPorts["files"];
  },
): Promise<SourceState> {
  const includeAll = builder === "dockerfile" && dockerfile !== undefined;
  const isApart = outputDir !== undefined && !`${dir}/`.startsWith(`${outputDir}/`);
  return readSources(rootDir, {
    ...{ files, includeAll, without: [...otherModules, ...contentFiles] },
    outputs: outputFolders ?? (isApart ? [outputDir] : []),
    written: await recallWritten(rootDir, files),
  });
}

/** The project and the name it gets; also for `down`, which has to find the same name. */
export async function readProject(
  request: Pick<UpRequest, "application">,
  { files }: Pick<UpPorts, "files">,
): Promise<{ readonly project: SpringProject; readonly named: ApplicationName }> {
  const { application } = request;
  const detected = await detectProject(application.path, {
    files,
    ...(application.module === undefined ? {} : { module: application.module }),
  });
  const project =
    detected.buildTool === "maven"
      ? withModel(detected, await recallModel(detected.rootDir, files))
      : detected;
  const { propertiesFiles, web } = project;
  const profiles = profilesOf(application, activeProfiles(propertiesFiles));
  const properties = readApplicationProperties(propertiesFiles, {
    profiles,
    env: application.env,
    web,
  });
  const named = planApplicationName(application.name, [
    properties.applicationName,
    project.artifact,
    project.dir.split("/").at(-1),
  ]);
  return { project, named };
}

/** The first that runs on Java 17, which is the oldest runtime that we have. */
const LEAST_SPRING_BOOT = "2.5";

function checkSpringBootVersion({ artifact, springBootVersion }: SpringProject): void {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(springBootVersion ?? "") ?? [];
  if (springBootVersion === undefined || major === undefined) return;
  const [leastMajor = 0, leastMinor = 0] = LEAST_SPRING_BOOT.split(".").map(Number);
  const isTooOld =
    Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
  if (!isTooOld) return;
  throw new ToolError("spring-boot-too-old", {
    project: artifact,
    found: springBootVersion,
    least: LEAST_SPRING_BOOT,
  });
}

const BUILDER_NAMES = { dockerfile: "own Dockerfile", jib: "Jib", buildpacks: "buildpacks" };

function describe({ project, name, imageBuilder: builder }: Looked): string {
  const parts = [
    project.springBootVersion === undefined
      ? "Spring Boot"
      : `Spring Boot ${project.springBootVersion}`,
    project.buildTool === "maven" ? "Maven" : "Gradle",
    ...(project.javaVersion === undefined ? [] : [`Java ${project.javaVersion}`]),
    ...(project.module === undefined ? [] : [`module ${project.module}`]),
    ...(builder === "assemble" ? [] : [BUILDER_NAMES[builder]]),
  ];
  return `${name}: ${parts.join(", ")} in ${project.dir}`;
}
