import { stripVTControlCharacters } from "node:util";
import { ToolError } from "../../errors/tool-error.ts";
import type { StepControl } from "../../steps/step.ts";
import { findArchive } from "../find-archive.ts";
import type { BuildPlan } from "../plan-build.ts";
import { holdBuild } from "../hold-build.ts";
import { createBuildProgress, readBuildFailure } from "../read-build-output.ts";
import type { BuildOutcome } from "../shared-builds.ts";
import { known, type Found, type UpStep } from "../up-context.ts";
import { runBuildTool } from "./check-tools.ts";

/** Runs Maven or Gradle, and finds the archive that it makes. */
export const buildProject: UpStep = {
  id: "build-project",
  title: ({ found }) =>
    `Building with ${found.project?.buildTool === "gradle" ? "Gradle" : "Maven"}`,
  after: ["check-tools"],
  async run(context, { signal, progress, output: print }) {
    const { ports, found, together } = context;
    const { build } = found;
    if (build === undefined) return { skipped: "unchanged since it was built" };
    if (found.needsArchive !== true && !build.makesImage)
      return { skipped: "the project's Dockerfile builds it" };
    await holdBuild(context, build.cwd, signal);
    const tell = teller(build, print, progress);
    // Jib and buildpacks look for the engine by themselves, and could find another.
    const { address } = await ports.engine.info();
    const env = address.startsWith("unix:") ? { DOCKER_HOST: address } : {};
    const run = async (plan: BuildPlan): Promise<BuildOutcome> => {
      let output = "";
      const { exitCode } = await runBuildTool(
        () =>
          ports.commands.run(plan.command, {
            ...{ cwd: plan.cwd, env, signal },
            onLine(coloured) {
              const line = stripVTControlCharacters(coloured);
              output += `${line}\n`;
              tell(line);
            },
          }),
        plan,
      );
      return { exitCode, output };
    };
    const { exitCode, output } = await (together?.builds.build(build, run) ?? run(build));
    if (exitCode !== 0) throw buildFailure({ build, exitCode, output, found });
    if (found.needsArchive === true) found.archive = await findArchive(build, ports.files);
    return undefined;
  },
};

/** What the tool works at, as progress; all that it prints, as output. */
function teller(
  { tool }: BuildPlan,
  print: StepControl["output"],
  progress: StepControl["progress"],
): (line: string) => void {
  const readProgress = createBuildProgress();
  return (line) => {
    const news = readProgress(line);
    if (news !== undefined) progress(news.detail, news.fraction);
    if (line.trim() !== "") print(tool.toLowerCase(), line);
  };
}

function buildFailure({
  build,
  exitCode,
  output,
  found,
}: {
  readonly build: BuildPlan;
  readonly exitCode: number;
  readonly output: string;
  readonly found: Found;
}): ToolError {
  const project = known(found, "project").artifact;
  const failure = readBuildFailure(output, build.cwd);
  if (failure.hasNoCompiler) {
    return new ToolError("jdk-missing", { project, reason: "there is a JRE, but no JDK" });
  }
  if (failure.neededJava !== undefined) {
    return new ToolError("jdk-too-old", { project, needed: failure.neededJava, found: undefined });
  }
  if (failure.missingImage !== undefined) {
    return new ToolError("builder-image-unavailable", { project, ...failure.missingImage });
  }
  return new ToolError("build-failed", {
    project,
    command: build.command.join(" "),
    dir: build.cwd,
    exitCode,
    lines: failure.lines,
  });
}
