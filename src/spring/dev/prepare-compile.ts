import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ToolError } from "../../errors/tool-error.ts";
import { whileHoldingBuild } from "../hold-build.ts";
import { planBuild } from "../plan-build.ts";
import { readBuildToolJava } from "../read-build-output.ts";
import { known, type UpContext } from "../up-context.ts";
import { openCompileSession, type CompileSession } from "./compile-session.ts";
import {
  planCompile,
  reasonForBuildTool,
  type CompileChoice,
  type CompilePlan,
} from "./plan-compile.ts";
import { readMavenDebug } from "./read-maven-debug.ts";

/** How changes are compiled from now on. */
export interface PreparedCompile {
  readonly plan: CompilePlan;
  /** Open, and warm; only with javac. */
  readonly session?: CompileSession;
}

const LANGUAGES = ["java", "kotlin", "groovy", "scala", "aspectj"];
/** So that Maven compiles, and tells how, also when nothing has changed; the plugin's own notes and nothing else. */
const COMPILER_NOTES = "target/maven-status";

/**
 * Asks the build how it compiles, and has javac do it a first time: that warms it up and proves that it gives the
 * same classes, since all it may write is what differs from the build's.
 */
export async function prepareCompile(
  context: UpContext,
  options: { readonly choice: CompileChoice; readonly serverFile: string },
  signal: AbortSignal,
): Promise<PreparedCompile> {
  const { ports, found } = context;
  const project = known(found, "project");
  if (options.choice === "build-tool") {
    return { plan: { with: "build-tool", reason: "it was asked for" } };
  }
  const reason = reasonForBuildTool(project, await languagesOf(project.dir, context));
  const { plan, javaHome } =
    reason === undefined
      ? await askMaven(context, signal)
      : { plan: { with: "build-tool", reason } as const, javaHome: undefined };
  const slow = (why: string): PreparedCompile => {
    if (options.choice !== "javac") return { plan: { with: "build-tool", reason: why } };
    throw new ToolError("javac-not-possible", { project: project.artifact, reason: why });
  };
  if (plan.with === "build-tool") return slow(plan.reason);

  const session = openCompileSession(
    { javaHome, serverFile: options.serverFile, dir: project.rootDir },
    ports,
  );
  try {
    const first = await session.compile(plan.call);
    const isSame = first.isOk && first.written.length + first.deleted.length === 0;
    if (isSame) return { plan, session };
    await session.close();
    return slow("javac alone gives other classes than Maven");
  } catch (error) {
    await session.close();
    if (!(error instanceof ToolError)) throw error;
    return slow("the compiler could not be started");
  }
}

/** The JDK that runs Maven is the one whose javac it uses. */
async function askMaven(
  context: UpContext,
  signal: AbortSignal,
): Promise<{ readonly plan: CompilePlan; readonly javaHome: string | undefined }> {
  const { request, ports, found } = context;
  const project = known(found, "project");
  const build = planBuild(project, { runTests: false, offline: request.offline });
  const { cwd } = build;
  const { exitCode, stdout } = await whileHoldingBuild(
    context,
    { folder: cwd, signal },
    async () => {
      await ports.files.remove(join(project.dir, COMPILER_NOTES));
      return ports.commands.run([...build.command, "-X"], { cwd, signal });
    },
  );
  const javaHome = readBuildToolJava(stripVTControlCharacters(stdout)).home;
  const plan: CompilePlan =
    exitCode === 0
      ? planCompile(readMavenDebug(stripVTControlCharacters(stdout), project.dir))
      : { with: "build-tool", reason: "the build failed when it was asked" };
  return { plan, javaHome };
}

async function languagesOf(dir: string, { ports }: UpContext): Promise<readonly string[]> {
  const entries = (await ports.files.list(join(dir, "src/main"))) ?? [];
  const names = new Set(entries.map(({ name }) => name));
  return LANGUAGES.filter((language) => names.has(language));
}
