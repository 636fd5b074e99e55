import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ToolError } from "../../errors/tool-error.ts";
import { askMaven } from "../build/ask-maven.ts";
import { findArchive } from "../project/find-archive.ts";
import { whileHoldingBuild } from "../build/hold-build.ts";
import { openBootArchive } from "../image/boot-archive.ts";
import { isPlainJar, ownPathsOf } from "../image/plan-content.ts";
import { learnModel, withModel } from "../build/known-build.ts";
import { planBuild } from "../plan/plan-build.ts";
import { readBuildToolJava, type MavenTool } from "../build/read-build-output.ts";
import { checkBuildTool } from "../up/steps/check-tools.ts";
import type { SpringProject } from "../project/detect-project.ts";
import type { UpContext } from "../up/up-context.ts";
import { openCompileSession, type CompileSession } from "./compile-session.ts";
import {
  planCompile,
  reasonForBuildTool,
  type CompileChoice,
  type CompilePlan,
} from "./plan-compile.ts";
import { readClasses } from "./read-classes.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

/** What the build tool says of itself and of the project, the more the oftener it is asked. */
export interface Told {
  readonly project: SpringProject;
  readonly maven: MavenTool | undefined;
}

/** How changes are compiled from now on. */
export interface PreparedCompile extends Told {
  readonly plan: CompilePlan;
  /** Open, and warm; only with javac. */
  readonly session?: CompileSession;
}

const LANGUAGES = ["java", "kotlin", "groovy", "scala", "aspectj"];
/**
 * In the build's folder. Without them Maven compiles, and tells how, also when nothing has changed; they are the plugin's own
 * notes and nothing else.
 */
const COMPILER_NOTES = "maven-status";

/**
 * Asks the build how it compiles, and has javac do it a first time on trial: that warms it up, and proves that it gives the
 * same classes.
 */
export async function prepareCompile(
  context: UpContext,
  before: Told,
  options: { readonly choice: CompileChoice; readonly serverFile: string },
  signal: AbortSignal,
): Promise<PreparedCompile> {
  const { ports } = context;
  if (options.choice === "build-tool") {
    return { ...before, plan: { with: "build-tool", reason: "it was asked for" } };
  }
  const reason = reasonForBuildTool(before.project, await languagesOf(before.project.dir, context));
  const { plan, javaHome, told } =
    reason === undefined
      ? await askHowItCompiles(context, before, signal)
      : {
          ...{ plan: { with: "build-tool", reason } as const, javaHome: undefined },
          told: before,
        };
  const { project } = told;
  const slow = (why: string): PreparedCompile => {
    if (options.choice !== "javac") return { ...told, plan: { with: "build-tool", reason: why } };
    throw new ToolError("javac-not-possible", { project: project.artifact, reason: why });
  };
  if (plan.with === "build-tool") return slow(plan.reason);
  const difference = await differenceOfArchive(context, project, plan.call.output);
  if (difference !== undefined) return slow(difference);

  const session = openCompileSession(
    { javaHome, serverFile: options.serverFile, dir: project.rootDir },
    ports,
  );
  try {
    const first = await session.compile(plan.call, { isTrial: true });
    const isSame = first.isOk && first.written.length + first.deleted.length === 0;
    if (isSame) return { ...told, plan, session };
    await session.close();
    return slow("javac alone gives other classes than Maven");
  } catch (error) {
    await session.close();
    if (!(error instanceof ToolError)) throw error;
    return slow("the compiler could not be started");
  }
}

/** The JDK that runs Maven is the one whose javac it uses. */
async function askHowItCompiles(
  context: UpContext,
  { project, maven }: Told,
  signal: AbortSignal,
): Promise<{
  readonly plan: CompilePlan;
  readonly javaHome: string | undefined;
  readonly told: Told;
}> {
  const { request, ports } = context;
  const { files, commands } = ports;
  const build = planBuild(project, { runTests: false, offline: request.offline });
  const { cwd } = build;
  // Nobody has asked yet when the application was up already.
  const tool = maven ?? (await checkBuildTool(build, project, ports, signal));
  const question =
    tool === undefined
      ? undefined
      : await askMaven(cwd, { tool, javaFile: request.mavenReportFile }, { ports, signal });
  const { exitCode, stdout } = await whileHoldingBuild(
    context,
    { folder: cwd, signal },
    async () => {
      await files.remove(join(build.outputDir, COMPILER_NOTES));
      const command = [...build.command, "-X", ...(question?.arguments ?? [])];
      return commands.run(command, { cwd, signal });
    },
  );
  const output = stripVTControlCharacters(stdout);
  const javaHome = readBuildToolJava(output).home;
  if (exitCode !== 0) {
    const reason = "the build failed when it was asked";
    return { plan: { with: "build-tool", reason }, javaHome, told: { project, maven: tool } };
  }
  const modules =
    question === undefined
      ? undefined
      : await learnModel({ rootDir: cwd, reportFile: question.reportFile }, files);
  const told = { project: withModel(project, modules), maven: tool };
  const module = modules?.find(({ dir }) => dir === project.dir);
  return { plan: planCompile(readMavenDebug(output, project.dir), module), javaHome, told };
}

/**
 * Why an image of the folder of classes would not be what the build packs: its jar leaves files out, or has others.
 * Undefined: it is, or it is no jar that images are made of in this way.
 */
async function differenceOfArchive(
  { request, ports: { files } }: UpContext,
  project: SpringProject,
  output: string,
): Promise<string | undefined> {
  const { offline } = request;
  const build = planBuild(project, { runTests: false, offline });
  const archive = await openBootArchive((await findArchive(build, files)).path, files);
  if (archive === undefined || !isPlainJar(archive)) return undefined;
  const packed = new Set(ownPathsOf(archive).filter(isPackedAsItIs));
  const classes = (await readClasses(output, files)).map(({ path }) => path).filter(isPackedAsItIs);
  const extra = classes.find((path) => !packed.has(path));
  if (extra !== undefined) return `its archive leaves out ${extra}`;
  const missing = [...packed].find((path) => !classes.includes(path));
  return missing === undefined ? undefined : `its archive has ${missing} from somewhere else`;
}

/** What is in META-INF stays at the archive's root, for the most part, and has other files beside it. */
function isPackedAsItIs(path: string): boolean {
  return !path.startsWith("META-INF/") && path !== "module-info.class";
}

async function languagesOf(dir: string, { ports }: UpContext): Promise<readonly string[]> {
  const entries = (await ports.files.list(join(dir, "src/main"))) ?? [];
  const names = new Set(entries.map(({ name }) => name));
  return LANGUAGES.filter((language) => names.has(language));
}
