import { basename } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { isToolError, ToolError } from "../../../errors/tool-error.ts";
import { ifCliIsThere } from "../../../images/build-from-dockerfile.ts";
import type { CommandResult } from "../../../ports/commands.ts";
import { formatDuration } from "../../../progress/format-duration.ts";
import { withDeadline } from "../../../steps/wait-until.ts";
import type { BuildPlan } from "../../plan/plan-build.ts";
import { readBuildToolJava, readMavenTool, type MavenTool } from "../../build/read-build-output.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { SpringProject } from "../../project/detect-project.ts";
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
      await checkCli(image, ports, signal);
    }
    const maven =
      build.makesImage || plan.needsArchive
        ? await checkBuildTool(build, project, ports, signal)
        : undefined;
    return { ...plan, maven };
  },
};

/** A wrapper fetches its Maven now. */
const VERSION_MS = 10 * 60_000;
/** A program of the host that asks nobody. */
const CLI_MS = 60_000;

/** Whether the engine's CLI is there, and tells its version. */
async function checkCli(image: string, ports: UpPorts, signal: AbortSignal): Promise<void> {
  await withDeadline(
    (until) => ifCliIsThere(image, () => ports.engineCli.check({ signal: until })),
    {
      ...{ clock: ports.clock, signal, withinMs: CLI_MS },
      onDeadline: () =>
        new ToolError("build-tool-silent", {
          ...{ command: "docker --version", dir: undefined, lastLine: undefined },
          waited: formatDuration(CLI_MS),
        }),
    },
  );
}

/**
 * Resolves with what Maven says of itself. Throws what the build would stumble over: no tool, no JDK, an older one than the
 * project needs.
 */
export async function checkBuildTool(
  build: BuildPlan,
  project: SpringProject,
  { commands, clock }: Pick<UpPorts, "commands" | "clock">,
  signal: AbortSignal,
): Promise<MavenTool | undefined> {
  // Gradle's wrapper would fetch Gradle now, and its JDK is its own choice.
  if (build.tool === "Gradle" && project.wrapper !== undefined) return undefined;
  let lastLine: string | undefined;
  const askVersion = (until: AbortSignal) =>
    commands.run(build.versionCommand, {
      ...{ cwd: build.cwd, signal: until },
      onLine(line) {
        if (line.trim() !== "") lastLine = stripVTControlCharacters(line).trim();
      },
    });
  const { exitCode, stdout, stderr } = await runBuildTool(
    () =>
      withDeadline(askVersion, {
        ...{ clock, signal, withinMs: VERSION_MS },
        onDeadline: () =>
          new ToolError("build-tool-silent", {
            ...{ command: build.versionCommand.join(" "), dir: build.cwd, lastLine },
            waited: formatDuration(VERSION_MS),
          }),
      }),
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
