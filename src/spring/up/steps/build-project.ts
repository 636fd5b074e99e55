import { stripVTControlCharacters } from "node:util";
import { ToolError } from "../../../errors/tool-error.ts";
import type { StepControl } from "../../../steps/step.ts";
import { askMaven, type MavenQuestion } from "../../build/ask-maven.ts";
import { findArchive } from "../../project/find-archive.ts";
import { learnModel, withModel } from "../../build/known-build.ts";
import { withPlaces, type BuildPlan } from "../../plan/plan-build.ts";
import { holdBuild } from "../../build/hold-build.ts";
import { createBuildProgress, readBuildFailure } from "../../build/read-build-output.ts";
import type { BuildOutcome } from "../../build/shared-builds.ts";
import { fingerprintOf } from "../../project/fingerprint-sources.ts";
import { learnWritten, recallWritten } from "../../build/written-by-builds.ts";
import { planImageName } from "../../plan/plan-application.ts";
import { Skipped } from "../../../steps/flow.ts";
import type { UpContext } from "../up-context.ts";
import type { Built, Checked, UpTask } from "../up-stages.ts";
import { readProjectSources } from "./find-project.ts";
import { runBuildTool } from "./check-tools.ts";

/** Runs Maven or Gradle, and finds the archive that it makes. */
export const buildProject: UpTask<Checked, Built> = {
  id: "build-project",
  phase: "build",
  title: (_, { project }) => `Building with ${project.buildTool === "gradle" ? "Gradle" : "Maven"}`,
  async run(context, checked, { signal, progress, output: print }) {
    const { ports, together } = context;
    const { build } = checked;
    const unbuilt = { ...checked, archive: undefined, classes: undefined };
    if (build === undefined) return new Skipped("unchanged since it was built", unbuilt);
    if (!checked.needsArchive && !build.makesImage)
      return new Skipped("the project's Dockerfile builds it", unbuilt);
    await holdBuild(context, build.cwd, signal);
    const tell = teller(build, print, progress);
    const silence = new Silence(build.tool, ports.clock, progress);
    // Jib and buildpacks look for the engine by themselves, and could find another.
    const env = ports.engineCli.environment;
    const question = await questionFor(context, { build, maven: checked.maven }, signal);
    const run = async (plan: BuildPlan): Promise<BuildOutcome> => {
      let output = "";
      silence.begin();
      const { exitCode } = await runBuildTool(
        () =>
          ports.commands.run([...plan.command, ...(question?.arguments ?? [])], {
            ...{ cwd: plan.cwd, env, signal },
            onLine(coloured) {
              const line = stripVTControlCharacters(coloured);
              output += `${line}\n`;
              silence.broken();
              tell(line);
            },
          }),
        plan,
      ).finally(() => silence.end());
      return { exitCode, output };
    };
    const { exitCode, output } = await (together?.builds.build(build, run, signal) ?? run(build));
    // A build that failed has written, too: else that would be a change that asks for the next one.
    const named = await leaveOutWritten(context, { ...checked, build }, signal);
    if (exitCode !== 0) throw buildFailure({ build, exitCode, output, project: checked.project });
    const told = await withWhatMavenTold({ ...named, build }, question, ports.files);
    const archive = checked.needsArchive ? await findArchive(told.build, ports.files) : undefined;
    return { ...told, archive, classes: undefined };
  },
};

type Building = Checked & { readonly build: BuildPlan };

async function withWhatMavenTold(
  checked: Building,
  question: MavenQuestion | undefined,
  files: UpContext["ports"]["files"],
): Promise<Building> {
  if (question === undefined) return checked;
  const { reportFile } = question;
  const modules = await learnModel({ rootDir: checked.build.cwd, reportFile }, files);
  const project = withModel(checked.project, modules);
  return { ...checked, project, build: withPlaces(checked.build, project) };
}

/** What the build itself has written is no source: the same sources are to be found by the same name again. */
async function leaveOutWritten(
  { request, ports, libraryArchive }: UpContext,
  checked: Building,
  signal: AbortSignal,
): Promise<Checked> {
  const { project, build, baseImage } = checked;
  const { hashes: before } = checked.sources;
  if (before === undefined) return checked;
  const { files } = ports;
  const options = { builder: checked.imageBuilder, request, files };
  const { hashes: after } = await readProjectSources(project, options);
  if (!(await learnWritten(project.rootDir, { before, after }, { ports, signal }))) return checked;
  if (build.makesImage) return checked;
  // A file that was there before the build counted as a source until now. What was saved meanwhile stays a difference.
  const written = await recallWritten(project.rootDir, files);
  const kept = Object.fromEntries(Object.entries(before).filter(([path]) => !(path in written)));
  const fingerprint = fingerprintOf(kept, {});
  if (fingerprint !== fingerprintOf(after, written)) return checked;
  const named = { ...checked, sources: { ...checked.sources, fingerprint } };
  const { application } = request;
  const libraries = { libraryArchive: libraryArchive?.key };
  return { ...named, image: planImageName(named, { application, baseImage, ...libraries }) };
}

/** Has this build's Maven tell what it knows; undefined for Gradle. */
async function questionFor(
  { request, ports }: UpContext,
  { build: { cwd }, maven: tool }: { readonly build: BuildPlan; readonly maven: Checked["maven"] },
  signal: AbortSignal,
): Promise<MavenQuestion | undefined> {
  if (tool === undefined) return undefined;
  return askMaven(cwd, { tool, javaFile: request.mavenReportFile }, { ports, signal });
}

const SILENCE_MS = 60_000;

/**
 * Builds take as long as they take, so none is ended; but one that says nothing for a minute (it downloads, a test hangs, another
 * process holds a lock) is told, with the time since its last line.
 */
class Silence {
  #heardMs = 0;
  #isOver = true;
  readonly #tool: string;
  readonly #clock: UpContext["ports"]["clock"];
  readonly #progress: (detail: string) => void;

  constructor(
    tool: string,
    clock: UpContext["ports"]["clock"],
    progress: (detail: string) => void,
  ) {
    this.#tool = tool;
    this.#clock = clock;
    this.#progress = progress;
  }

  begin(): void {
    this.broken();
    this.#isOver = false;
    this.#listen(SILENCE_MS);
  }

  broken(): void {
    this.#heardMs = this.#clock.monotonicMs();
  }

  end(): void {
    this.#isOver = true;
  }

  #listen(ms: number): void {
    this.#clock.deadline(ms).addEventListener("abort", () => {
      if (this.#isOver) return;
      const silentMs = this.#clock.monotonicMs() - this.#heardMs;
      if (silentMs < SILENCE_MS) return this.#listen(SILENCE_MS - silentMs);
      this.#progress(`no output of ${this.#tool} for ${Math.round(silentMs / 1000)} s`);
      this.#listen(SILENCE_MS);
    });
  }
}

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
  project: { artifact: project },
}: {
  readonly build: BuildPlan;
  readonly exitCode: number;
  readonly output: string;
  readonly project: Pick<Checked["project"], "artifact">;
}): ToolError {
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
