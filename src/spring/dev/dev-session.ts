import { extname, relative } from "node:path";
import { isToolError, ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import { BuildLocks } from "../build-locks.ts";
import { chooseBuilder, type ImageBuilder } from "../choose-builder.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { SpringProject } from "../detect-project.ts";
import { whileHoldingBuild } from "../hold-build.ts";
import { bringUp } from "../up.ts";
import type { UpContext, UpPorts, UpRequest } from "../up-context.ts";
import type { Imaged, Tools } from "../up-stages.ts";
import { compileChange, needsBuildTool } from "./compile-change.ts";
import { bringLayers, deliverImage } from "./deliver-image.ts";
import { FastStarts } from "./fast-starts.ts";
import { canTake, deliverLive, enterLive, type LivePod } from "./live-update.ts";
import { LogWatch } from "./log-watch.ts";
import {
  classifyChange,
  isConfig,
  type Change,
  type CompileChoice,
  type CompilePlan,
  type JavacCall,
} from "./plan-compile.ts";
import { reasonAgainstLive, type DeliveryChoice } from "./plan-delivery.ts";
import { prepareCompile, type PreparedCompile } from "./prepare-compile.ts";
import {
  contentsState,
  isSameState,
  kustomizationState,
  readState,
  settingsState,
  type ProjectState,
} from "./read-state.ts";
import type { Phase } from "./run-phases.ts";

export interface DevRequest {
  readonly up: UpRequest;
  /** The same again, from what airfield.yaml says now. Throws `invalid-config` and others. */
  readonly readUp: () => Promise<UpRequest>;
  readonly compileWith: CompileChoice;
  readonly deliverWith: DeliveryChoice;
  /** Take the application down at the end. */
  readonly takesDown: boolean;
  /** Where CompileServer.java lies. */
  readonly compileServerFile: string;
}

export interface DevSurroundings {
  readonly cluster: SpringCluster;
  readonly ports: UpPorts & Pick<Ports, "fileWatcher">;
  readonly signal: AbortSignal;
}

/** What the next save may put right. All else (no engine, no cluster, no JDK) ends the loop. */
const MAY_BE_PUT_RIGHT =
  /^(build-failed|compile-failed|compiler-stopped|invalid-build-file|invalid-config|config-(file-missing|too-large)|secret-unresolved|kustomization-|archive-|image-build-failed|cluster-request-failed|application-(crashed|not-started|not-scheduled|never-ready|not-answering))/;

interface Delivery {
  readonly way: "image" | "live" | "nothing";
  readonly phases: readonly Phase[];
}

/**
 * One change after another, and what is known from one to the next.
 * @param onUp the application is up for the first time, or again
 */
export function openLoop(
  request: DevRequest,
  { project: firstProject, onUp }: { readonly project: SpringProject; readonly onUp: () => void },
  { cluster, ports, signal }: DevSurroundings,
) {
  const { clock, files, reporter } = ports;
  let asked = request.up;
  let up = startingQuickly(asked);
  let project = firstProject;
  const buildLocks = new BuildLocks(ports);
  /** What came of the last delivery; undefined: it was not up yet. */
  let made: Imaged | undefined;
  let compile: PreparedCompile | undefined;
  let isLive = false;
  /** Undefined also when the pod has to be looked for and filled again. */
  let pod: LivePod | undefined;
  const log = new LogWatch();
  const fastStarts = new FastStarts(signal);
  let bringing: Promise<void> = Promise.resolve();
  /** Changed files that are not delivered yet, because it failed. */
  let pending: readonly string[] = [];
  let hasFailed = false;
  /** Of what is delivered, or was tried. */
  let state: ProjectState | undefined;
  /** Fingerprint of the sources that the classes were compiled from. */
  let compiled: string | undefined;
  let url: string | undefined;
  let hasStarted = false;
  const count = { delivered: 0, failed: 0 };

  return {
    /** The first `up`. A failure that an edit may put right is told, and waits for the edit. */
    async start(): Promise<void> {
      const startedMs = clock.monotonicMs();
      try {
        await bringUpAnew();
      } catch (error) {
        tellFailure([], error, startedMs);
        // What is not as it should be (a missing secret, say) may also not be readable.
        state = await readNow().catch(() => undefined);
      }
      hasStarted = true;
      say(`Watching ${project.rootDir}; Ctrl-C ends it.`);
    },

    async handle(paths: readonly string[]): Promise<void> {
      const startedMs = clock.monotonicMs();
      const saved = classify(paths);
      // What failed is not tried again because something else was written.
      if (saved.length === 0) return;
      const changes = classify([...new Set([...pending, ...paths])]);
      const names = namesOf(changes);
      try {
        if (changes.some(({ path }) => isConfig(path))) {
          asked = await request.readUp();
          up = startingQuickly(asked);
        }
        if (!(await hasChanged(saved))) return;
        reporter.report({ type: "change-detected", files: names });
        const { way, phases } = await deliver(changes);
        pending = [];
        hasFailed = false;
        count.delivered += 1;
        const ms = msSince(startedMs);
        reporter.report({ type: "change-delivered", files: names, with: way, phases, ms });
      } catch (error) {
        pending = changes.map(({ path }) => path);
        tellFailure(names, error, startedMs);
      }
    },

    /** Each line of the application's log, as it comes. */
    onLog(line: { readonly pod: string; readonly line: string }): void {
      log.add(line);
    },

    /** Ends the compiler; what was updated live runs as `up` lets it run, with the last classes. */
    async close(): Promise<void> {
      await Promise.all([compile?.session?.close(), fastStarts.close()]);
      await bringing;
      if (!isLive || request.takesDown || compile?.plan.with !== "javac") return;
      if (made === undefined) return;
      say("Making an image of the last classes, to run as before.");
      const sources = compiled === undefined ? undefined : { fingerprint: compiled };
      const classes = compile.plan.call.output;
      try {
        const never = new AbortController().signal;
        await deliverImage(plainContext(), { tools: made, sources, classes }, never);
      } catch (error) {
        if (!(error instanceof ToolError)) throw error;
        const { code, message } = error as ToolError;
        const hint = "Bring the application to its plain state: airfield up";
        reporter.report({ type: "warning", code, message, hint });
      }
    },

    /** Whether the build writes there, and nobody else. */
    isOutput: (path: string) =>
      [
        ...(project.outputFolders ?? []),
        ...(project.outputDir === undefined ? [] : [project.outputDir]),
      ].some((folder) => path === folder || path.startsWith(`${folder}/`)),

    hasStarted: () => hasStarted,
    result: () => ({ ...count, ...(url === undefined ? {} : { url }) }),
  };

  /** All that `up` does, and how the build compiles: at the start, and when a build file has changed. */
  async function bringUpAnew(): Promise<void> {
    await compile?.session?.close();
    compile = undefined;
    made = undefined;
    const context = plainContext();
    const kustomization = await kustomizationState(project, up, files);
    const { result, found } = await bringUp(context, signal);
    ({ url } = result);
    ({ project } = found);
    const { fingerprint: sources } = found.sources;
    const contents = contentsState(found.contents);
    state = { settings: settingsState(up), sources, contents, kustomization };
    compiled = sources;
    made = found;
    const { compileWith: choice, compileServerFile: serverFile } = request;
    const { maven } = found;
    compile = await prepareCompile(context, { project, maven }, { choice, serverFile }, signal);
    const { plan } = compile;
    made = { ...found, project: compile.project, maven: compile.maven };
    say(
      plan.with === "javac"
        ? "Changes are compiled by a javac that stays in memory, with Maven's options."
        : `Changes are compiled by the build tool: ${plan.reason}.`,
    );
    onUp();
    await chooseDelivery(plan, made);
  }

  async function chooseDelivery(plan: CompilePlan, first: Imaged): Promise<void> {
    const { deliverWith } = request;
    const { replicas } = up.application;
    const { localImage, name } = first;
    const reason = reasonAgainstLive(deliverWith, { project, compile: plan, replicas, localImage });
    if (reason !== undefined && deliverWith === "live") {
      throw new ToolError("live-not-possible", { name, reason });
    }
    isLive = reason === undefined;
    const wantsArchive = asked.application.build.startupArchive !== "off";
    if (plan.with !== "javac" || !isLive) {
      // A mistake of ours in it is told when the loop ends.
      if (wantsArchive) {
        fastStarts
          .begin(quickContext(), first)
          .then(() => bringArchive(plan, first))
          .catch(() => undefined);
      }
      return;
    }
    pod = undefined;
    // The JVM goes on with devtools.
    if (wantsArchive && project.hasDevtools !== true) await fastStarts.begin(quickContext(), first);
    pod = await enterPod(plan.call, first);
    say(
      pod.hasDevtools
        ? "Classes are brought into the running pod, where spring-boot-devtools restarts the application."
        : "Classes are brought into the running pod, and its JVM is started again.",
    );
  }

  /** It is large: with the classes as they are it reaches the nodes now, and not with the next save. */
  function bringArchive(plan: CompilePlan, tools: Tools): void {
    if (plan.with !== "javac" || fastStarts.archive === undefined) return;
    const making = { tools, classes: plan.call.output };
    bringing = bringLayers(quickContext(), making, signal).then(
      () => undefined,
      // The next save says what is wrong.
      () => undefined,
    );
  }

  function classify(paths: readonly string[]): readonly Change[] {
    const plan = compile?.plan ?? { with: "build-tool", reason: "it never was up" };
    return paths
      .map((path) => classifyChange(path, project, plan))
      .filter(({ kind }) => kind !== "irrelevant");
  }

  /** A save without an edit, a file that was touched, an edit that was taken back. */
  async function hasChanged(saved: readonly Change[]): Promise<boolean> {
    const builder = builderNow();
    const now = await readNow();
    const before = state;
    state = now;
    if (hasFailed && saved.some(isSource)) return true;
    // Then the build reads none of them; the pods may read some beside the archive.
    const isBeside = builder === "assemble" && saved.every(({ kind }) => kind === "beside");
    const expected =
      isBeside && before !== undefined ? { ...before, sources: now.sources } : before;
    return !isSameState(expected, now);
  }

  function readNow(): Promise<ProjectState> {
    const { name = project.artifact } = made ?? {};
    const builder = builderNow();
    return readState(project, { name, builder, request: up, files });
  }

  function builderNow(): ImageBuilder {
    return made?.imageBuilder ?? chooseBuilder(up.application.build.with, project);
  }

  /** What a user saves again to have it tried again. */
  function isSource({ kind, path }: Change): boolean {
    return kind === "other"
      ? relative(project.rootDir, path).split("/").includes("src")
      : kind !== "beside";
  }

  async function deliver(changes: readonly Change[]): Promise<Delivery> {
    if (
      compile === undefined ||
      made === undefined ||
      changes.some(({ kind }) => kind === "build-file")
    ) {
      return allAnew();
    }
    const { plan, session } = compile;
    await bringing;
    const context = quickContext();
    const tools = made;
    const sources =
      state === undefined ? undefined : { fingerprint: state.sources, hashes: state.sourceHashes };
    const deliverAsImage = async (classes: string | undefined): Promise<readonly Phase[]> => {
      const delivered = await deliverImage(context, { tools, sources, classes }, signal);
      // What the programs say of themselves is asked for once.
      made = { ...delivered.made, maven: delivered.made.maven ?? tools.maven };
      return delivered.phases;
    };
    const isForBuildTool = await needsBuildTool(changes, plan, files);
    if (isForBuildTool && isLive) return allAnew();
    if (plan.with === "build-tool" || session === undefined || isForBuildTool) {
      return { way: "image", phases: await deliverAsImage(undefined) };
    }
    const startedMs = clock.monotonicMs();
    const changed = await whileHoldingBuild(context, { folder: project.rootDir, signal }, () =>
      compileChange(changes, { plan, project, session, files }),
    );
    compiled = state?.sources;
    const phase = { name: "compile", ms: msSince(startedMs) };
    if (changed.length === 0) return { way: "nothing", phases: [phase] };
    if (isLive) {
      const phases = await deliverToPod(plan.call, { changed, live: made });
      return { way: "live", phases: [phase, ...phases] };
    }
    return { way: "image", phases: [phase, ...(await deliverAsImage(plan.call.output))] };
  }

  async function allAnew(): Promise<Delivery> {
    const startedMs = clock.monotonicMs();
    await bringUpAnew();
    const way = isLive ? "live" : "image";
    return { way, phases: [{ name: "all anew", ms: msSince(startedMs) }] };
  }

  async function deliverToPod(
    call: JavacCall,
    { changed, live }: { readonly changed: readonly string[]; readonly live: Imaged },
  ): Promise<readonly Phase[]> {
    if (pod !== undefined && canTake(pod, changed)) {
      try {
        const context = { ...quickContext(), live };
        return await deliverLive(context, pod, { changed, call, log, signal });
      } catch (error) {
        // It was moved or removed, say; what crashed waits in its pod for the next save.
        if (!isToolError(error, "cluster-request-failed")) throw error;
        pod = undefined;
      }
    }
    const startedMs = clock.monotonicMs();
    pod = await enterPod(call, live);
    return [{ name: "new pod", ms: msSince(startedMs) }];
  }

  function enterPod(call: JavacCall, live: Imaged): Promise<LivePod> {
    return enterLive({ ...quickContext(), live }, { call, log, signal });
  }

  /** With nothing under way. */
  function plainContext(): UpContext {
    return { request: up, cluster, ports, buildLocks, underWay: {} };
  }

  /** For what is started again after every save: with the libraries' archive, where there is one by now. */
  function quickContext(): UpContext {
    const { archive } = fastStarts;
    return { ...plainContext(), ...(archive === undefined ? {} : { libraryArchive: archive }) };
  }

  /** Without folders and temporary files, where there is something else to name. */
  function namesOf(changes: readonly Change[]): readonly string[] {
    const names = changes.map(({ path }) => relative(project.rootDir, path));
    const files = names.filter((name) => extname(name) !== "");
    return files.length > 0 ? files : names;
  }

  /** Passes on what is no failure of the change. */
  function tellFailure(names: readonly string[], error: unknown, startedMs: number): void {
    signal.throwIfAborted();
    if (!(error instanceof ToolError) || !mayBePutRight(error)) throw error;
    count.failed += 1;
    hasFailed = true;
    const { code, message, hint } = error as ToolError;
    const ms = msSince(startedMs);
    // A compiler's own lines say what to do.
    const more = isToolError(error, "compile-failed") ? {} : { hint };
    reporter.report({ type: "change-failed", files: names, code, message, ...more, ms });
  }

  /** What an edit has asked for, an edit can take back; at the start the command line may have asked for it. */
  function mayBePutRight({ code }: Pick<ToolError, "code">): boolean {
    return MAY_BE_PUT_RIGHT.test(code) || (hasStarted && code === "port-taken");
  }

  function say(line: string): void {
    reporter.report({ type: "output", source: "dev", line });
  }

  function msSince(startedMs: number): number {
    return Math.round(clock.monotonicMs() - startedMs);
  }
}

/**
 * With the JVM's quick compiler (C1) alone, which halves the processor time of a start; nobody measures throughput here,
 * and the next `up` takes it back. By the variable of the java command, so that the user's JAVA_TOOL_OPTIONS stay. And
 * without an archive of all classes, which would be made anew for every edit. Its start is noticed at once.
 */
function startingQuickly({ application, ...request }: UpRequest): UpRequest {
  const env = { JDK_JAVA_OPTIONS: "-XX:TieredStopAtLevel=1", ...application.env };
  const build = { ...application.build, startupArchive: "off" } as const;
  return { ...request, waitsForStart: true, application: { ...application, build, env } };
}
