import { basename, relative } from "node:path";
import { down } from "../down/down.ts";
import { killedWarning } from "../rollout/killed-pods.ts";
import { readProject } from "../up/steps/find-project.ts";
import { ChangeQueue } from "./change-queue.ts";
import { DevSession, type DevRequest, type DevSurroundings } from "./dev-session.ts";
import { followLogs } from "./follow-logs.ts";
import { isNoPart } from "./plan-compile.ts";

export type { DevRequest } from "./dev-session.ts";

export interface DevResult {
  readonly name: string;
  readonly namespace: string;
  readonly url?: string;
  readonly delivered: number;
  readonly failed: number;
}

/**
 * Brings an application up, and again after every save, until `signal` aborts; that is its regular end, and what is
 * up stays up. A change that does not compile or does not start is told, and the version before goes on.
 */
export async function dev(request: DevRequest, surroundings: DevSurroundings): Promise<DevResult> {
  const { ports, signal } = surroundings;
  const { project, named } = await readProject(request.up, ports);
  const { namespace } = request.up.application;
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const changes = new ChangeQueue();
  const side: Promise<unknown>[] = [];
  let isFollowed = false;
  const follow = (): void => {
    if (isFollowed) return;
    isFollowed = true;
    const options = { sinceTime: ports.clock.nowIso() };
    const onLine = (line: { readonly pod: string; readonly line: string }) => {
      session.onLog(line);
      ports.reporter.report({ type: "application-log", ...line });
    };
    let hasKilled = false;
    const onKilled = ({ graceSeconds }: { readonly graceSeconds: number }) => {
      if (!hasKilled) ports.reporter.report(killedWarning(named.name, graceSeconds));
      hasKilled = true;
    };
    side.push(
      followLogs(
        { name: named.name, namespace, options, signal: until, onLine, onKilled },
        { ...surroundings, clock: ports.clock },
      ),
    );
  };
  const session = new DevSession(request, { project, onUp: follow }, surroundings);
  try {
    // Before the first build, so that nothing that is saved during it is missed.
    await new Promise<void>((resolve) => {
      side.push(
        ports.fileWatcher
          .watch(project.rootDir, {
            signal: until,
            isIgnored: (path) => isIgnored(path) || session.isOutput(path),
            onReady: resolve,
            onChange(path) {
              if (!isNoPart(relative(project.rootDir, path))) changes.add(path);
            },
          })
          .finally(resolve),
      );
    });
    await session.start();
    for (;;) await session.handle(await changes.next(ports, until));
  } catch (error) {
    // Ctrl-C during the first `up` cancels it; later it is how the loop ends.
    if (!signal.aborted || !session.hasStarted) throw error;
  } finally {
    ending.abort();
    await session.close();
    await Promise.allSettled(side);
  }
  if (request.takesDown) {
    const { application } = request.up;
    const never = new AbortController().signal;
    await down({ application }, { cluster: surroundings.cluster, ports, signal: never });
  }
  return { name: named.name, namespace, ...session.result };
}

const NOT_OF_THE_PROJECT = /^(node_modules|\.git|\.gradle|\.idea|\.vscode|\.settings|\.kotlin)$/;
const OUTPUT_OF_BUILDS = /^(target|build|out|bin)$/;

/** Output folders stand beside the sources; a package may have such a name. */
function isIgnored(folder: string): boolean {
  const name = basename(folder);
  return (
    NOT_OF_THE_PROJECT.test(name) || (OUTPUT_OF_BUILDS.test(name) && !folder.includes("/src/"))
  );
}
