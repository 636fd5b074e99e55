import { extname, relative } from "node:path";
import { AnyToolError, isToolError, ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import { BuildLocks } from "../build/build-locks.ts";
import { chooseBuilder, type ImageBuilder } from "../plan/choose-builder.ts";
import type { SpringCluster } from "../cluster-access.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { whileHoldingBuild } from "../build/hold-build.ts";
import { bringUp } from "../up/up.ts";
import type { UpContext, UpPorts, UpRequest } from "../up/up-context.ts";
import type { Imaged, Tools } from "../up/up-stages.ts";
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
import { planNext, waitsForEdit, type Action, type LoopState, type Save } from "./plan-next.ts";
import { prepareCompile, type PreparedCompile } from "./prepare-compile.ts";
import {
  contentsState,
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

interface Delivery {
  readonly way: "image" | "live" | "nothing";
  readonly phases: readonly Phase[];
}

/** What a session begins with. */
interface Beginning {
  readonly project: SpringProject;
  /** Called when the application is up for the first time, or again. */
  readonly onUp: () => void;
}

/** Delivers one save after another: reads what there is to know, has `planNext` decide, and carries that out. */
export class DevSession {
  readonly #request: DevRequest;
  readonly #surroundings: DevSurroundings;
  readonly #onUp: () => void;
  readonly #buildLocks: BuildLocks;
  readonly #fastStarts: FastStarts;
  readonly #log = new LogWatch();
  readonly #count = { delivered: 0, failed: 0 };
  #asked: UpRequest;
  #project: SpringProject;
  /** What came of the last delivery; undefined: it was not up yet. */
  #made: Imaged | undefined;
  #compile: PreparedCompile | undefined;
  #isLive = false;
  /** Undefined also when the pod has to be looked for and filled again. */
  #pod: LivePod | undefined;
  #bringing: Promise<void> = Promise.resolve();
  /** Changed files that are not delivered yet, because it failed. */
  #pending: readonly string[] = [];
  #hasFailed = false;
  #hasStarted = false;
  /** Of what is delivered, or was tried. */
  #state: ProjectState | undefined;
  /** Fingerprint of the sources that the classes were compiled from. */
  #compiled: string | undefined;
  #url: string | undefined;

  constructor(request: DevRequest, { project, onUp }: Beginning, surroundings: DevSurroundings) {
    this.#request = request;
    this.#surroundings = surroundings;
    this.#onUp = onUp;
    this.#buildLocks = new BuildLocks(surroundings.ports);
    this.#fastStarts = new FastStarts(surroundings.signal);
    this.#asked = request.up;
    this.#project = project;
  }

  /** The first `up` is over, successful or not. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  get result(): { readonly delivered: number; readonly failed: number; readonly url?: string } {
    return { ...this.#count, ...(this.#url === undefined ? {} : { url: this.#url }) };
  }

  /** The first `up`. A failure that an edit may mend is told, and waits for the edit. */
  async start(): Promise<void> {
    const startedMs = this.#nowMs();
    try {
      await this.#bringUpAnew();
    } catch (error) {
      this.#tellFailure([], error, startedMs);
      // What is not as it should be (a missing secret, say) may also not be readable.
      this.#state = await this.#readState().catch(() => undefined);
    }
    this.#hasStarted = true;
    this.#say(`Watching ${this.#project.rootDir}; Ctrl-C ends it.`);
  }

  /** Delivers what was saved, and what failed before. Throws what no edit can mend. */
  async handle(paths: readonly string[]): Promise<void> {
    const startedMs = this.#nowMs();
    const saved = this.#classify(paths);
    if (saved.length === 0) return;
    const changes = this.#classify([...new Set([...this.#pending, ...paths])]);
    const names = this.#namesOf(changes);
    const { reporter } = this.#surroundings.ports;
    try {
      if (changes.some(({ path }) => isConfig(path))) this.#asked = await this.#request.readUp();
      const action = await this.#decide(saved, changes);
      if (action === "nothing") return;
      reporter.report({ type: "change-detected", files: names });
      const { way, phases } = await this.#carryOut(action, changes);
      this.#pending = [];
      this.#hasFailed = false;
      this.#count.delivered += 1;
      const ms = this.#msSince(startedMs);
      reporter.report({ type: "change-delivered", files: names, with: way, phases, ms });
    } catch (error) {
      this.#pending = changes.map(({ path }) => path);
      this.#tellFailure(names, error, startedMs);
    }
  }

  /** Each line of the application's log, as it comes. */
  onLog(line: { readonly pod: string; readonly line: string }): void {
    this.#log.add(line);
  }

  /** Whether the build writes there, and nobody else. */
  isOutput(path: string): boolean {
    const { outputFolders = [], outputDir } = this.#project;
    return [...outputFolders, ...(outputDir === undefined ? [] : [outputDir])].some(
      (folder) => path === folder || path.startsWith(`${folder}/`),
    );
  }

  /** Ends the compiler; what was updated live runs as `up` lets it run, with the last classes. */
  async close(): Promise<void> {
    await Promise.all([this.#compile?.session?.close(), this.#fastStarts.close()]);
    await this.#bringing;
    if (!this.#isLive || this.#request.takesDown || this.#compile?.plan.with !== "javac") return;
    if (this.#made === undefined) return;
    this.#say("Making an image of the last classes, to run as before.");
    const sources = this.#compiled === undefined ? undefined : { fingerprint: this.#compiled };
    const making = { tools: this.#made, sources, classes: this.#compile.plan.call.output };
    try {
      await deliverImage(this.#plainContext(), making, new AbortController().signal);
    } catch (error) {
      if (!(error instanceof AnyToolError)) throw error;
      const { code, message } = error;
      const hint = "Bring the application to its plain state: airfield up";
      this.#surroundings.ports.reporter.report({ type: "warning", code, message, hint });
    }
  }

  async #decide(saved: readonly Change[], changes: readonly Change[]): Promise<Action> {
    const state: LoopState = {
      rootDir: this.#project.rootDir,
      compilesWith: this.#compile?.plan.with,
      isLive: this.#isLive,
      builder: this.#builder,
      hasFailed: this.#hasFailed,
      project: this.#state,
    };
    const project = await this.#readState();
    this.#state = project;
    const { files } = this.#surroundings.ports;
    const save: Save = {
      ...{ saved, changes, project },
      needsBuildTool: await needsBuildTool(changes, this.#plan, files),
    };
    return planNext(state, save);
  }

  async #carryOut(
    action: Exclude<Action, "nothing">,
    changes: readonly Change[],
  ): Promise<Delivery> {
    const [compile, made] = [this.#compile, this.#made];
    if (action === "all-anew" || compile === undefined || made === undefined) {
      return this.#allAnew();
    }
    await this.#bringing;
    const { plan, session } = compile;
    if (action === "build-tool" || plan.with === "build-tool" || session === undefined) {
      return { way: "image", phases: await this.#deliverImage(made, undefined) };
    }
    const startedMs = this.#nowMs();
    const { files } = this.#surroundings.ports;
    const changed = await this.#whileHoldingBuild(() =>
      compileChange(changes, { plan, project: this.#project, session, files }),
    );
    this.#compiled = this.#state?.sources;
    const phase = { name: "compile", ms: this.#msSince(startedMs) };
    if (changed.length === 0) return { way: "nothing", phases: [phase] };
    const { call } = plan;
    return action === "compile-and-pod"
      ? { way: "live", phases: [phase, ...(await this.#deliverToPod(call, changed, made))] }
      : { way: "image", phases: [phase, ...(await this.#deliverImage(made, call.output))] };
  }

  async #allAnew(): Promise<Delivery> {
    const startedMs = this.#nowMs();
    await this.#bringUpAnew();
    const way = this.#isLive ? "live" : "image";
    return { way, phases: [{ name: "all anew", ms: this.#msSince(startedMs) }] };
  }

  /** All that `up` does, and how the build compiles: at the start, and when a build file has changed. */
  async #bringUpAnew(): Promise<void> {
    await this.#compile?.session?.close();
    this.#compile = undefined;
    this.#made = undefined;
    const { ports, signal } = this.#surroundings;
    const context = this.#plainContext();
    const up = context.request;
    const kustomization = await kustomizationState(this.#project, up, ports.files);
    const { result, found } = await bringUp(context, signal);
    this.#url = result.url;
    this.#project = found.project;
    const { fingerprint: sources } = found.sources;
    const contents = contentsState(found.contents);
    this.#state = { settings: settingsState(up), sources, contents, kustomization };
    this.#compiled = sources;
    this.#made = found;
    const { compileWith: choice, compileServerFile: serverFile } = this.#request;
    const told = { project: found.project, maven: found.maven };
    const compile = await prepareCompile(context, told, { choice, serverFile }, signal);
    this.#compile = compile;
    this.#made = { ...found, project: compile.project, maven: compile.maven };
    this.#say(
      compile.plan.with === "javac"
        ? "Changes are compiled by a javac that stays in memory, with Maven's options."
        : `Changes are compiled by the build tool: ${compile.plan.reason}.`,
    );
    this.#onUp();
    await this.#chooseDelivery(compile.plan, this.#made);
  }

  async #chooseDelivery(plan: CompilePlan, first: Imaged): Promise<void> {
    const { deliverWith } = this.#request;
    const { replicas, build } = this.#asked.application;
    const { localImage, name } = first;
    const project = this.#project;
    const reason = reasonAgainstLive(deliverWith, { project, compile: plan, replicas, localImage });
    if (reason !== undefined && deliverWith === "live") {
      throw new ToolError("live-not-possible", { name, reason });
    }
    this.#isLive = reason === undefined;
    const wantsArchive = build.startupArchive !== "off";
    if (plan.with !== "javac" || !this.#isLive) {
      // A mistake of ours in it is told when the loop ends.
      if (wantsArchive) {
        this.#fastStarts
          .begin(this.#quickContext(), first)
          .then(() => this.#bringArchive(plan, first))
          .catch(() => undefined);
      }
      return;
    }
    this.#pod = undefined;
    // The JVM goes on with devtools.
    if (wantsArchive && project.hasDevtools !== true) {
      await this.#fastStarts.begin(this.#quickContext(), first);
    }
    this.#pod = await this.#enterPod(plan.call, first);
    this.#say(
      this.#pod.hasDevtools
        ? "Classes are brought into the running pod, where spring-boot-devtools restarts the application."
        : "Classes are brought into the running pod, and its JVM is started again.",
    );
  }

  /** It is large: with the classes as they are it reaches the nodes now, and not with the next save. */
  #bringArchive(plan: CompilePlan, tools: Tools): void {
    if (plan.with !== "javac" || this.#fastStarts.archive === undefined) return;
    const making = { tools, classes: plan.call.output };
    this.#bringing = bringLayers(this.#quickContext(), making, this.#surroundings.signal).then(
      () => undefined,
      // The next save says what is wrong.
      () => undefined,
    );
  }

  /** @param classes where javac left them; undefined: the build tool is to make the archive */
  async #deliverImage(tools: Imaged, classes: string | undefined): Promise<readonly Phase[]> {
    const state = this.#state;
    const sources =
      state === undefined ? undefined : { fingerprint: state.sources, hashes: state.sourceHashes };
    const making = { tools, sources, classes };
    const { signal } = this.#surroundings;
    const { made, phases } = await deliverImage(this.#quickContext(), making, signal);
    // What the programs say of themselves is asked for once.
    this.#made = { ...made, maven: made.maven ?? tools.maven };
    return phases;
  }

  async #deliverToPod(
    call: JavacCall,
    changed: readonly string[],
    live: Imaged,
  ): Promise<readonly Phase[]> {
    const { signal } = this.#surroundings;
    if (this.#pod !== undefined && canTake(this.#pod, changed)) {
      try {
        const context = { ...this.#quickContext(), live };
        return await deliverLive(context, this.#pod, { changed, call, log: this.#log, signal });
      } catch (error) {
        // It was moved or removed, say; what crashed waits in its pod for the next save.
        if (!isToolError(error, "cluster-request-failed")) throw error;
        this.#pod = undefined;
      }
    }
    const startedMs = this.#nowMs();
    this.#pod = await this.#enterPod(call, live);
    return [{ name: "new pod", ms: this.#msSince(startedMs) }];
  }

  #enterPod(call: JavacCall, live: Imaged): Promise<LivePod> {
    const { signal } = this.#surroundings;
    return enterLive({ ...this.#quickContext(), live }, { call, log: this.#log, signal });
  }

  #whileHoldingBuild<Result>(work: () => Promise<Result>): Promise<Result> {
    const at = { folder: this.#project.rootDir, signal: this.#surroundings.signal };
    return whileHoldingBuild(this.#quickContext(), at, work);
  }

  #classify(paths: readonly string[]): readonly Change[] {
    return paths
      .map((path) => classifyChange(path, this.#project, this.#plan))
      .filter(({ kind }) => kind !== "irrelevant");
  }

  get #plan(): CompilePlan {
    return this.#compile?.plan ?? { with: "build-tool", reason: "it never was up" };
  }

  get #builder(): ImageBuilder {
    return (
      this.#made?.imageBuilder ?? chooseBuilder(this.#asked.application.build.with, this.#project)
    );
  }

  #readState(): Promise<ProjectState> {
    const { name = this.#project.artifact } = this.#made ?? {};
    const { request } = this.#plainContext();
    const { files } = this.#surroundings.ports;
    return readState(this.#project, { name, builder: this.#builder, request, files });
  }

  /** With nothing under way. */
  #plainContext(): UpContext {
    const { cluster, ports } = this.#surroundings;
    const request = startingQuickly(this.#asked);
    return { request, cluster, ports, buildLocks: this.#buildLocks, underWay: {} };
  }

  /** For what is started again after every save: with the libraries' archive, where there is one by now. */
  #quickContext(): UpContext {
    const { archive } = this.#fastStarts;
    return {
      ...this.#plainContext(),
      ...(archive === undefined ? {} : { libraryArchive: archive }),
    };
  }

  /** Without folders and temporary files, where there is something else to name. */
  #namesOf(changes: readonly Change[]): readonly string[] {
    const names = changes.map(({ path }) => relative(this.#project.rootDir, path));
    const files = names.filter((name) => extname(name) !== "");
    return files.length > 0 ? files : names;
  }

  /** Passes on what no edit can mend. */
  #tellFailure(names: readonly string[], error: unknown, startedMs: number): void {
    const { signal, ports } = this.#surroundings;
    signal.throwIfAborted();
    if (!(error instanceof AnyToolError) || !waitsForEdit(error.code, this)) throw error;
    this.#count.failed += 1;
    this.#hasFailed = true;
    const { code, message, hint } = error;
    const ms = this.#msSince(startedMs);
    // A compiler's own lines say what to do.
    const more = code === "compile-failed" ? {} : { hint };
    ports.reporter.report({ type: "change-failed", files: names, code, message, ...more, ms });
  }

  #say(line: string): void {
    this.#surroundings.ports.reporter.report({ type: "output", source: "dev", line });
  }

  #nowMs(): number {
    return this.#surroundings.ports.clock.monotonicMs();
  }

  #msSince(startedMs: number): number {
    return Math.round(this.#nowMs() - startedMs);
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
