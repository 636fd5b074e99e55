import { join } from "node:path";
import { ToolError } from "../../errors/tool-error.ts";
import { isRolledOut } from "../../kubernetes/is-rolled-out.ts";
import { findArchive } from "../project/find-archive.ts";
import { openBootArchive } from "../image/boot-archive.ts";
import { findClash, type LibraryNames } from "../image/library-path.ts";
import { waitUntil, withDeadline } from "../../steps/wait-until.ts";
import { listPods } from "../rollout/list-pods.ts";
import { planBuild } from "../plan/plan-build.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import { HTTP_PORT } from "../objects/plan-probes.ts";
import { readApplicationLog } from "../rollout/read-application-log.ts";
import { enterMode, type PodTemplate } from "../rollout/special-mode.ts";
import { untilOldPodsAreUnasked } from "../rollout/old-pods.ts";
import { readApplication } from "../rollout/read-application.ts";
import type { UpContext } from "../up/up-context.ts";
import type { Imaged } from "../up/up-stages.ts";
import { bringLayers } from "./deliver-image.ts";
import { findDevtools } from "./find-devtools.ts";
import { SILENCE_MS, type LogWatch } from "./log-watch.ts";
import {
  LIVE_VOLUME,
  planArchivedArguments,
  planFilling,
  planListening,
  planLiveArguments,
  planLiveTemplate,
  planUpdate,
} from "./plan-live.ts";
import type { JavacCall } from "./plan-compile.ts";
import { readClasses } from "./read-classes.ts";
import type { Phase } from "./run-phases.ts";

/** A pod that takes classes while it runs. */
export interface LivePod {
  readonly name: string;
  readonly hasDevtools: boolean;
  /** Where the application listens; undefined: nowhere. */
  readonly port: number | undefined;
  /** What is in the libraries, where they stand first on the class path. */
  readonly libraryNames: LibraryNames | undefined;
}

/** Not a class or resource that one of the libraries has, too, where those stand first. */
export function canTake({ libraryNames }: LivePod, paths: readonly string[]): boolean {
  return libraryNames === undefined || findClash(libraryNames, paths) === undefined;
}

/** The application that is updated. */
type LiveApplication = Pick<Imaged, "name" | "project" | "maven">;

/** A context that knows of it. */
type LiveContext = UpContext & { readonly live: LiveApplication };

interface LiveOptions {
  readonly call: JavacCall;
  readonly log: LogWatch;
  readonly signal: AbortSignal;
}

const POLL_MS = 200;

/** Has the application run as a pod under live update, with the classes as they are now. */
export async function enterLive(
  context: LiveContext,
  { call, log, signal }: LiveOptions,
): Promise<LivePod> {
  const { request, cluster, ports } = context;
  const { name, project } = context.live;
  const { namespace } = request.application;
  const build = planBuild(project, { runTests: false, offline: request.offline });
  const archive = await openBootArchive((await findArchive(build, ports.files)).path, ports.files);
  const devtools =
    project.hasDevtools === true ? await findDevtools(call.options, ports.files) : undefined;
  const hasDevtools = devtools !== undefined;
  const quick = hasDevtools ? undefined : await planQuickStart(context, { call, signal });
  const plain = archive === undefined ? undefined : planLiveArguments(archive, { hasDevtools });
  const jvm = quick?.jvm ?? plain;
  if (jvm === undefined) {
    const reason = "its archive does not say where its libraries are";
    throw new ToolError("live-not-possible", { name, reason });
  }
  const change = (template: PodTemplate) => planLiveTemplate(template, quick?.image);
  await enterMode(cluster, { name, namespace }, { mode: "live", change, signal });
  const running = await untilRunning(context, signal);
  const pod = { ...running, hasDevtools, libraryNames: quick?.libraryNames };
  const classes = await readClasses(call.output, ports.files);
  log.forget();
  await runInPod(context, pod, planFilling(classes, { ...pod, jvm, devtools }), signal);
  await untilStarted(context, pod, { log, signal });
  await untilAlone(context, signal);
  return pod;
}

/** An image with the archive of the libraries' classes, and how the JVM is started with it. */
async function planQuickStart(
  context: LiveContext,
  { call, signal }: Pick<LiveOptions, "call" | "signal">,
): Promise<
  { readonly image: string; readonly jvm: string; readonly libraryNames: LibraryNames } | undefined
> {
  const { cluster, ports, libraryArchive } = context;
  if (libraryArchive === undefined) return undefined;
  const { names: libraryNames, libraryPath, file } = libraryArchive;
  const classes = await readClasses(call.output, ports.files);
  const paths = classes.map(({ path }) => path);
  if (findClash(libraryNames, paths) !== undefined) return undefined;
  const making = { tools: context.live, classes: call.output };
  const made = await bringLayers(context, making, signal);
  return {
    image: cluster.pullableName(made.image),
    jvm: planArchivedArguments(libraryPath, file),
    libraryNames,
  };
}

/**
 * Brings changed classes into the pod and has the application restarted there.
 * @param changed paths below the folder of classes
 */
export async function deliverLive(
  context: LiveContext,
  pod: LivePod,
  { changed, call, log, signal }: LiveOptions & { readonly changed: readonly string[] },
): Promise<readonly Phase[]> {
  const { clock, files } = context.ports;
  const startedMs = clock.monotonicMs();
  const contents = await Promise.all(
    changed.map(async (path) => ({
      path,
      content: await files.readBytes(join(call.output, path)),
    })),
  );
  log.forget();
  await runInPod(context, pod, planUpdate(contents, pod), signal);
  const syncedMs = clock.monotonicMs();
  await untilStarted(context, pod, { log, signal });
  return [
    { name: "sync", ms: Math.round(syncedMs - startedMs) },
    { name: "ready", ms: Math.round(clock.monotonicMs() - syncedMs) },
  ];
}

async function runInPod(
  { request, cluster, ports, live }: LiveContext,
  { name }: LivePod,
  script: string,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = request.application;
  const withinMs = request.rolloutTimeoutMs;
  const run = (until: AbortSignal) =>
    cluster.api.exec({ name, namespace }, ["sh"], { stdin: script, signal: until });
  const { exitCode, stdout, stderr } = await withDeadline(run, {
    ...{ clock: ports.clock, withinMs, signal },
    onDeadline: () => {
      const reason = `a shell in its pod ${name} did not end in ${withinMs / 1000} s`;
      return new ToolError("live-not-possible", { name: live.name, reason });
    },
  });
  if (exitCode === 0) return;
  const said = (stderr.trim() === "" ? stdout : stderr).trim();
  throw new ToolError("cluster-request-failed", {
    what: `bring classes into pod ${name}`,
    reason: `a shell there ended with exit code ${exitCode}${said === "" ? "" : `: ${said}`}`,
  });
}

async function untilStarted(
  context: LiveContext,
  pod: LivePod,
  { log, signal }: Pick<LiveOptions, "log" | "signal">,
): Promise<void> {
  const { request, ports, live } = context;
  const { clock } = ports;
  const withinMs = request.rolloutTimeoutMs;
  const { port } = pod;
  const listensAnew = (until: AbortSignal): Promise<void> =>
    port === undefined
      ? clock.sleep(SILENCE_MS, until)
      : runInPod(context, pod, planListening(port, withinMs), until);
  const notStarted = (reason: string, lines: readonly string[]) =>
    new ToolError("application-crashed", {
      ...{ name: live.name, namespace: request.application.namespace, pod: pod.name },
      ...{ reason, events: [], log: readApplicationLog(lines.join("\n")) },
      left: "Its pod waits for the next save.",
    });
  const { isStarted, lines } = await log.start(pod.name, {
    ...{ withinMs, clock, signal, listensAnew },
    onDeadline: () => notStarted("it did not say that it has started", log.linesOf(pod.name)),
  });
  if (!isStarted) throw notStarted("it did not start", lines);
}

/** The container runs and waits for its classes; the JVM does not. */
async function untilRunning(
  context: LiveContext,
  signal: AbortSignal,
): Promise<Pick<LivePod, "name" | "port">> {
  const {
    request,
    cluster,
    live: { name: application },
  } = context;
  const labels = selectorOf(application);
  const { namespace } = request.application;
  const look = async (until: AbortSignal): Promise<Pick<LivePod, "name" | "port"> | undefined> => {
    const live = (await listPods(cluster, { namespace, labels }, until)).find(
      ({ spec, status }) =>
        spec?.volumes?.some(({ name }) => name === LIVE_VOLUME) === true &&
        status?.containerStatuses?.[0]?.state?.running !== undefined,
    );
    if (live?.metadata?.name === undefined) return undefined;
    const container = live.spec?.containers?.[0];
    const port = container?.ports?.find(({ name }) => name === HTTP_PORT)?.containerPort;
    return { name: live.metadata.name, port };
  };
  return waitUntil(look, limitOf(context, signal, "its pod does not start"));
}

/** The pod that was there before is asked no more: it would go on answering as it was. */
async function untilAlone(context: LiveContext, signal: AbortSignal): Promise<void> {
  const look = async (until: AbortSignal): Promise<true | undefined> =>
    isRolledOut((await readApplication(context, context.live.name, until)).deployment)
      ? true
      : undefined;
  await waitUntil(look, limitOf(context, signal, "its pod does not become ready"));
  await untilOldPodsAreUnasked(context, context.live.name, signal);
}

/** As long as a roll-out may take. */
function limitOf({ request, ports, live }: LiveContext, signal: AbortSignal, reason: string) {
  return {
    ...{ clock: ports.clock, signal, everyMs: POLL_MS, withinMs: request.rolloutTimeoutMs },
    onDeadline: () => new ToolError("live-not-possible", { name: live.name, reason }),
  };
}
