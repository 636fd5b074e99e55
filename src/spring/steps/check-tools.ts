import { basename } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import { ifCliIsThere } from "../../images/build-from-dockerfile.ts";
import type { CommandResult } from "../../ports/commands.ts";
import type { BuildPlan } from "../plan-build.ts";
import { readBuildToolJava, readMavenTool, type MavenTool } from "../read-build-output.ts";
import { Skipped } from "../../steps/flow.ts";
import type { SpringProject } from "../detect-project.ts";
import type { UpPorts } from "../up-context.ts";
import type { ApplicationPlan, Checked, UpTask } from "../up-stages.ts";

/** Looks for the programs that the build needs, so that a missing one is told before anything is begun. */
export const checkTools: UpTask<ApplicationPlan, Checked> = {
  id: "check-tools",
  phase: "image",
  title: () => "Checking the build tools",
  async run({ ports }, plan, { signal }) {
    const { build, imageBuilder: by, image, project } = plan;
    if (build === undefined) {
      return new Skipped("nothing has to be built", { ...plan, maven: undefined });
    }
    // Jib, too, gives images to the engine by way of the docker program.
    if (by === "dockerfile" || by === "jib") {
      await ifCliIsThere(image, () => ports.engineCli.check({ signal }));
    }
    const maven =
      build.makesImage || plan.needsArchive
        ? await checkBuildTool(build, project, ports, signal)
        : undefined;
    return { ...plan, maven };
  },
};

/**
 * Resolves with what Maven says of itself. Throws what the build would stumble over: no tool, no JDK, an older one than the
 * project needs.
 */
export async function checkBuildTool(
  build: BuildPlan,
  project: SpringProject,
  { commands }: Pick<UpPorts, "commands">,
  signal: AbortSignal,
): Promise<MavenTool | undefined> {
  // Gradle's wrapper would fetch Gradle now, and its JDK is its own choice.
  if (build.tool === "Gradle" && project.wrapper !== undefined) return undefined;
  const { exitCode, stdout, stderr } = await runBuildTool(
    () => commands.run(build.versionCommand, { cwd: build.cwd, signal }),
    build,
  );
  // JAVA_HOME that leads nowhere, a wrapper that cannot fetch its Maven: the tool says it best itself.
  if (exitCode !== 0) {
    const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
    if (/JAVA_HOME|java: (command )?not found/.test(stderr + stdout)) {
      throw new ToolError("jdk-missing", {
        project: project.artifact,
        reason: lines.at(-1) ?? "there is no JDK",
      });
    }
    throw new ToolError("build-failed", {
      project: project.artifact,
      command: build.versionCommand.join(" "),
      dir: build.cwd,
      exitCode,
      lines: lines.slice(-10),
    });
  }
  const java = readBuildToolJava(stdout);
  const needed = project.javaVersion;
  if (needed !== undefined && java.version !== undefined && !project.usesToolchains) {
    if (java.version < needed) {
      throw new ToolError("jdk-too-old", {
        project: project.artifact,
        needed,
        found: java.version,
      });
    }
  }
  return readMavenTool(stripVTControlCharacters(stdout));
}

/** Translates a build tool that is not there. */
export async function runBuildTool(
  run: () => Promise<CommandResult>,
  build: BuildPlan,
): Promise<CommandResult> {
  try {
    return await run();
  } catch (error) {
    if (!isToolError(error, "program-not-found")) throw error;
    throw new ToolError(
      "build-tool-missing",
      { tool: build.tool, program: basename(build.command[0] ?? ""), dir: build.cwd },
      { cause: error },
    );
  }
}
