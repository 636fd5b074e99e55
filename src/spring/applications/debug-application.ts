import { ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { unlessItFails } from "../rollout/examine-pod.ts";
import { listPods } from "../rollout/list-pods.ts";
import { readApplicationLog } from "../rollout/read-application-log.ts";
import { readEndedLog, readLog } from "../rollout/read-log.ts";
import { readNodePort } from "../rollout/read-node-port.ts";
import { debugServiceOf, enterMode, leaveMode, modeOf } from "../rollout/special-mode.ts";
import { selectorOf } from "../objects/plan-manifests.ts";
import { waitUntil } from "../../steps/wait-until.ts";
import { findApplication } from "./find-applications.ts";
import { DEBUG_LABEL, planDebugService, planDebugTemplate } from "./plan-debug.ts";

export interface DebugRequest {
  readonly name: string;
  readonly namespace?: string;
  /** Of 127.0.0.1; 0 picks a free one. */
  readonly hostPort: number;
  /** The JVM waits at its start until a debugger is there. */
  readonly suspend: boolean;
  readonly timeoutMs: number;
}

export interface DebugResult {
  readonly name: string;
  readonly namespace: string;
  /** "127.0.0.1:5005" */
  readonly address: string;
  readonly pod: string;
  readonly suspend: boolean;
}

interface Surroundings {
  readonly cluster: SpringCluster;
  readonly ports: Pick<Ports, "clock">;
  readonly signal: AbortSignal;
}

const POLL_MS = 300;
const LOG_LINES = 300;
/** For the log of a pod that did not come up; that it did not is what has to be told then. */
const EXAMINATION_MS = 20_000;

/**
 * Restarts an application with a debugger's port that is published on 127.0.0.1 and stays when the command ends. What
 * began and did not come up is undone. Throws `application-not-found`, `port-taken`, `debug-not-started`.
 */
export async function debugApplication(
  request: DebugRequest,
  { cluster, ports, signal }: Surroundings,
): Promise<DebugResult> {
  const { name, namespace } = await findApplication(cluster, { ...request, signal });
  const { suspend, hostPort } = request;
  const service = debugServiceOf(name);
  await cluster.api.apply([planDebugService({ name, namespace })], { signal });
  try {
    const nodePort = await readNodePort({ name: service, namespace }, { cluster, signal });
    // First the port: when it is taken, nothing has been restarted.
    const published = await cluster.publishPort(
      { name: service, namespace, service, nodePort, hostPort },
      { signal },
    );
    await enterMode(
      cluster,
      { name, namespace },
      {
        mode: "debug",
        change: (template) => planDebugTemplate(template, { suspend }),
        signal,
      },
    );
    const pod = await untilRunning(request, { name, namespace }, { cluster, ports, signal });
    const address = "url" in published ? new URL(published.url).host : published.access;
    return { name, namespace, address, pod, suspend };
  } catch (error) {
    await stopDebugging(cluster, { name, namespace });
    throw error;
  }
}

/** Back to how `up` left it; false when it was not debugged. */
export async function stopDebugging(
  cluster: SpringCluster,
  request: { readonly name: string; readonly namespace?: string; readonly signal?: AbortSignal },
): Promise<boolean> {
  const { deployment } = await findApplication(cluster, request);
  return modeOf(deployment) === "debug" && (await leaveMode(cluster, deployment));
}

/** Ready, or waiting for its debugger. Throws `debug-not-started`, also at the end of the request's time. */
async function untilRunning(
  { timeoutMs, suspend }: DebugRequest,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { cluster, ports, signal }: Surroundings,
): Promise<string> {
  const labels = { ...selectorOf(name), ...DEBUG_LABEL };
  let pod: string | undefined;
  const notStarted = async ({ hasCrashed = false } = {}): Promise<ToolError> => {
    const { clock } = ports;
    const { api } = cluster;
    const until = clock.deadline(EXAMINATION_MS);
    const tail = { tail: LOG_LINES, signal: until };
    const log =
      pod === undefined
        ? ""
        : await unlessItFails(
            hasCrashed
              ? readEndedLog({ api, clock }, { name: pod, namespace }, tail)
              : readLog(api, { name: pod, namespace }, tail),
            { signal: until, otherwise: "" },
          );
    return new ToolError("debug-not-started", { name, log: readApplicationLog(log) });
  };
  const look = async (until: AbortSignal): Promise<string | undefined> => {
    const pods = await listPods(cluster, { namespace, labels }, until);
    pod = pods[0]?.metadata?.name;
    const runs = pods.find(({ status }) =>
      status?.containerStatuses?.every(({ ready, state }) =>
        suspend ? state?.running !== undefined : ready,
      ),
    );
    if (runs?.metadata?.name !== undefined) return runs.metadata.name;
    const hasCrashed = pods.some(({ status }) =>
      status?.containerStatuses?.some(({ restartCount = 0 }) => restartCount > 0),
    );
    if (hasCrashed) throw await notStarted({ hasCrashed });
    return undefined;
  };
  const { clock } = ports;
  const limit = { clock, signal, everyMs: POLL_MS, withinMs: timeoutMs };
  return waitUntil(look, { ...limit, onDeadline: () => notStarted() });
}
