import type { ApplicationConfig, DependencyConfig } from "../../config/cluster-config.ts";
import { findCircle, withPrerequisites } from "../../config/start-order.ts";
import { errorCodeOf, isToolError, ToolError } from "../../errors/tool-error.ts";
import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import type { Ports } from "../../ports/ports.ts";
import { BuildLocks } from "../build/build-locks.ts";
import { isMadeByBuild } from "../plan/choose-builder.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { bringUpDependency, type DependencyResult } from "../dependencies/bring-up-dependency.ts";
import type { SpringProject } from "../project/detect-project.ts";
import { namedReporter } from "./named-reporter.ts";
import { planBuild, type BuildPlan } from "../plan/plan-build.ts";
import { MANAGED_BY } from "../objects/plan-manifests.ts";
import { placeOf } from "../project/read-contents.ts";
import { hasSucceeded } from "../rollout/run-job.ts";
import { shareCluster } from "./share-cluster.ts";
import { Rollouts } from "../rollout/rollouts.ts";
import { SharedBuilds } from "../build/shared-builds.ts";
import { readProject } from "./steps/find-project.ts";
import { up, type UpPorts, type UpRequest, type UpResult } from "./up.ts";

export type UpSeveralPorts = UpPorts & Pick<Ports, "freePorts">;

export interface UpSeveralRequest {
  readonly applications: readonly ApplicationConfig[];
  readonly dependencies: readonly DependencyConfig[];
  /** Those that are wanted, also by name; what they depend on comes with them. Undefined: all. */
  readonly only?: readonly (string | ApplicationConfig)[];
  readonly settings: Omit<UpRequest, "application" | "dependencies">;
}

/** What came up, in the order of the config. */
export type UpSeveralResult = readonly (UpResult | DependencyResult)[];

/** Builds take all processors and much memory. */
const BUILDS_AT_ONCE = 2;

/** One thing to bring up. */
export interface Part {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Not asked for, but something that is depends on it. */
  readonly isPrerequisite: boolean;
  readonly application?: ApplicationConfig;
  readonly project?: SpringProject;
  readonly dependency?: DependencyConfig;
  /** Why its project cannot be read. */
  readonly fault?: unknown;
}

type Outcome =
  | { readonly state: "up"; readonly result?: UpResult | DependencyResult }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "not-started"; readonly because: readonly string[] };

interface Where {
  readonly cluster: SpringCluster;
  readonly ports: UpSeveralPorts;
  readonly signal: AbortSignal;
}

/**
 * Brings applications and their dependencies up, each as soon as what it depends on is up; builds do not wait for that.
 * One that fails stops only those that depend on it. Throws what failed, and what is up and what is not. A cluster that
 * was made for them goes again when the user cancels, or when nothing came to run in it.
 */
export async function upSeveral(request: UpSeveralRequest, where: Where): Promise<UpSeveralResult> {
  const { cluster, ports, signal } = where;
  // Before any is chosen for a cluster, or for an application that takes whatever is free.
  for (const { hostPort } of request.applications)
    if (hostPort !== 0) ports.freePorts.reserve(hostPort);
  const shared = shareCluster(cluster, signal);
  try {
    return await bringUpParts(request, { ...where, cluster: shared.cluster });
  } catch (error) {
    if (signal.aborted || !shared.hasObjects()) await cluster.removeCreated(error);
    throw error;
  }
}

async function bringUpParts(
  request: UpSeveralRequest,
  { cluster, ports, signal }: Where,
): Promise<UpSeveralResult> {
  const { applications, dependencies, settings } = request;
  const [single, ...others] = request.only ?? [...applications, ...dependencies];
  if (others.length === 0 && typeof single === "object" && "path" in single) {
    if (single.dependsOn.length === 0) {
      const alone = { ...settings, application: single, dependencies };
      return [await up(alone, { cluster, ports, signal })];
    }
  }
  const parts = await chosenParts(request, ports);
  const { reporter, clock } = ports;
  const startedMs = clock.monotonicMs();
  reporter.report({
    type: "run-started",
    title: `Bringing up ${parts.map(({ name }) => name).join(", ")}`,
    steps: parts.length,
  });
  const outcomes = await runParts(parts, request, {
    ...{ cluster, ports, signal },
    builds: new SharedBuilds(BUILDS_AT_ONCE, joinBuilds(parts, settings)),
    buildLocks: new BuildLocks(ports),
    rollouts: new Rollouts(),
  });
  signal.throwIfAborted();
  const ms = Math.round(clock.monotonicMs() - startedMs);
  reporter.report({ type: "run-finished", summary: summaryOf(outcomes), ms });
  throwFailures(outcomes);
  return [...outcomes.values()].flatMap((outcome) =>
    outcome.state === "up" && outcome.result !== undefined ? [outcome.result] : [],
  );
}

/** What is wanted, and what that depends on. Throws when the names do not fit together. */
export async function chosenParts(
  request: UpSeveralRequest,
  ports: Pick<UpSeveralPorts, "files">,
): Promise<readonly Part[]> {
  const parts = choose(await readParts(request, ports), request);
  checkHostPorts(parts);
  return parts;
}

async function readParts(
  { applications, dependencies }: UpSeveralRequest,
  ports: Pick<UpSeveralPorts, "files">,
): Promise<readonly Part[]> {
  const read = async (application: ApplicationConfig): Promise<Part> => {
    const { dependsOn, path } = application;
    const part = { application, dependsOn, isPrerequisite: false };
    try {
      const { project, named } = await readProject({ application }, ports);
      return { ...part, name: named.name, project };
    } catch (fault) {
      const folder = application.module ?? path;
      return { ...part, name: application.name ?? folder.split(/[/:]/).at(-1) ?? path, fault };
    }
  };
  return [
    ...dependencies.map((dependency) => ({
      ...{ name: dependency.name, dependsOn: [], isPrerequisite: false, dependency },
    })),
    ...(await Promise.all(applications.map(read))),
  ];
}

function choose(parts: readonly Part[], { only }: UpSeveralRequest): readonly Part[] {
  checkNames(parts);
  const names = parts.map(({ name }) => name);
  for (const { name, application, dependsOn } of parts) {
    const missing = dependsOn.find((wanted) => !names.includes(wanted));
    if (missing !== undefined) {
      const place = application === undefined ? undefined : placeOf(application, "dependsOn");
      throw new ToolError("dependency-unknown", { place, name, missing, known: names });
    }
  }
  const circle = findCircle(parts);
  if (circle !== undefined) {
    const { application } = parts.find(({ name }) => name === circle[0]) ?? {};
    const place = application === undefined ? undefined : placeOf(application, "dependsOn");
    throw new ToolError("dependencies-circular", { place, circle });
  }
  if (only === undefined) return parts;
  const chosen = only.map((one) =>
    typeof one === "string"
      ? one
      : (parts.find(({ application }) => application === one)?.name ?? one.path),
  );
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ToolError("application-unknown", { name: unknown, known: names });
  }
  const wanted = withPrerequisites(chosen, parts);
  return parts
    .filter(({ name }) => wanted.has(name))
    .map((part) => ({ ...part, isPrerequisite: !chosen.includes(part.name) }));
}

function checkNames(parts: readonly Part[]): void {
  parts.forEach(({ name, application, dependency }, index) => {
    const namespace = (application ?? dependency)?.namespace;
    const first = parts
      .slice(0, index)
      .find(
        (other) =>
          other.name === name && (other.application ?? other.dependency)?.namespace === namespace,
      );
    if (first === undefined || namespace === undefined) return;
    const placeOfPart = (part: Pick<Part, "application" | "dependency">): string =>
      part.application?.path ?? part.dependency?.type ?? "";
    throw new ToolError("application-name-duplicate", {
      ...{ name, namespace },
      place: application === undefined ? undefined : placeOf(application, "name"),
      first: placeOfPart(first),
      second: placeOfPart({
        ...(application === undefined ? {} : { application }),
        ...(dependency === undefined ? {} : { dependency }),
      }),
    });
  });
}

/** Those of a config differ; what `--port` says is for all that the command is about. */
function checkHostPorts(parts: readonly Part[]): void {
  parts.forEach(({ name: second, application }, index) => {
    const { hostPort: port = 0 } = application ?? {};
    const first = parts
      .slice(0, index)
      .find((other) => port !== 0 && other.application?.hostPort === port);
    if (first !== undefined)
      throw new ToolError("host-port-duplicate", { port, first: first.name, second });
  });
}

/** One plan for each build of which several modules are wanted. */
function joinBuilds(
  parts: readonly Part[],
  options: Pick<UpRequest, "runTests" | "offline">,
): ReadonlyMap<string, BuildPlan> {
  const projects = parts.flatMap(({ project, application }) =>
    project === undefined || isMadeByBuild(application?.build.with ?? "auto", project)
      ? []
      : project,
  );
  const joined = new Map<string, BuildPlan>();
  for (const project of projects) {
    const same = projects.filter(({ rootDir }) => rootDir === project.rootDir);
    if (same.length > 1 && !joined.has(project.rootDir)) {
      joined.set(project.rootDir, planBuild(project, { ...options, together: same }));
    }
  }
  return joined;
}

interface Running extends Where {
  readonly builds: SharedBuilds;
  readonly buildLocks: BuildLocks;
  readonly rollouts: Rollouts;
}

async function runParts(
  parts: readonly Part[],
  request: UpSeveralRequest,
  running: Running,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Promise<Outcome>>();
  const outcomeOf = (part: Part): Promise<Outcome> => {
    const known = outcomes.get(part.name);
    if (known !== undefined) return known;
    const needed = part.dependsOn.flatMap((name) => parts.filter((other) => other.name === name));
    const outcome = runPart(part, request, { ...running, needed: needed.map(outcomeOf) });
    outcomes.set(part.name, outcome);
    return outcome;
  };
  await Promise.all(parts.map(outcomeOf));
  const settled = await Promise.all(
    parts.map(async (part) => [part.name, await outcomeOf(part)] as const),
  );
  return new Map(settled);
}

async function runPart(
  part: Part,
  { settings, dependencies }: UpSeveralRequest,
  {
    cluster,
    ports: plain,
    signal,
    builds,
    buildLocks,
    rollouts,
    needed,
  }: Running & { readonly needed: readonly Promise<Outcome>[] },
): Promise<Outcome> {
  const { name, dependsOn, application, dependency } = part;
  const ports = { ...plain, reporter: namedReporter(plain.reporter, name) };
  const reach = { cluster, ports, signal };
  const prerequisites = async (): Promise<void> => {
    const missing = (await Promise.all(needed)).flatMap(({ state }, index) =>
      state === "up" ? [] : [dependsOn[index] ?? ""],
    );
    if (missing.length > 0) throw new ToolError("prerequisites-missing", { name, missing });
  };
  try {
    if (dependency !== undefined) {
      const timeoutMs = settings.rolloutTimeoutMs;
      return {
        state: "up",
        result: await bringUpDependency({ config: dependency, timeoutMs }, reach),
      };
    }
    if (part.fault !== undefined || application === undefined) throw part.fault;
    if (part.isPrerequisite && (await isUp(name, application, reach))) {
      ports.reporter.report({ type: "run-finished", summary: `${name} is up already.`, ms: 0 });
      return { state: "up" };
    }
    const result = await up(
      { ...settings, application, dependencies },
      { ...reach, together: { builds, buildLocks, rollouts, prerequisites } },
    );
    return { state: "up", result };
  } catch (error) {
    return isToolError(error, "prerequisites-missing")
      ? { state: "not-started", because: error.facts.missing }
      : { state: "failed", error };
  }
}

/** What is only depended on is not built again. */
async function isUp(
  name: string,
  { namespace, run }: ApplicationConfig,
  { cluster, signal }: Pick<Where, "cluster" | "signal">,
): Promise<boolean> {
  try {
    const kind = run === "job" ? "Job" : "Deployment";
    const workload = await cluster.api.get({ kind, name, namespace }, { signal });
    const owner = workload?.metadata?.labels?.["app.kubernetes.io/managed-by"];
    const isDone = run === "job" ? hasSucceeded(workload) : isRolledOut(workload);
    return isDone && owner === MANAGED_BY["app.kubernetes.io/managed-by"];
  } catch (error) {
    if (errorCodeOf(error) === undefined) throw error;
    return false;
  }
}

function namesIn(
  outcomes: ReadonlyMap<string, Outcome>,
  state: Outcome["state"],
): readonly string[] {
  return [...outcomes].flatMap(([name, outcome]) => (outcome.state === state ? [name] : []));
}

function summaryOf(outcomes: ReadonlyMap<string, Outcome>): string {
  const isUp = namesIn(outcomes, "up");
  const failed = namesIn(outcomes, "failed");
  const notStarted = namesIn(outcomes, "not-started");
  return [
    `Up: ${isUp.length === 0 ? "none" : isUp.join(", ")}`,
    ...(failed.length === 0 ? [] : [`failed: ${failed.join(", ")}`]),
    ...(notStarted.length === 0 ? [] : [`not started: ${notStarted.join(", ")}`]),
  ].join("; ");
}

function throwFailures(outcomes: ReadonlyMap<string, Outcome>): void {
  const failures = [...outcomes.values()].flatMap((outcome) =>
    outcome.state === "failed" ? [outcome.error] : [],
  );
  if (failures.length === 0) return;
  if (outcomes.size === 1) throw failures[0];
  const notStarted = [...outcomes].flatMap(([name, outcome]) =>
    outcome.state === "not-started" ? [`${name} (needs ${outcome.because.join(", ")})`] : [],
  );
  const summary = new ToolError("applications-not-up", {
    isUp: namesIn(outcomes, "up"),
    failed: namesIn(outcomes, "failed"),
    notStarted,
  });
  throw new AggregateError(new Set([...failures, summary]), summary.message);
}
