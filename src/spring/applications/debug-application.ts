import { ToolError } from "../../errors/tool-error.ts";
import type { Ports } from "../../ports/ports.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { applyObjects, kubectl } from "../kubectl.ts";
import { listPods } from "../list-pods.ts";
import { readApplicationLog } from "../read-application-log.ts";
import { debugServiceOf, enterMode, leaveMode, modeOf } from "../special-mode.ts";
import { selectorOf } from "../plan-manifests.ts";
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
  await applyObjects(cluster, [planDebugService({ name, namespace })], { signal });
  try {
    const nodePort = Number(
      await kubectl(
        cluster,
        [
          ...["get", "service", service, "--namespace", namespace],
          ...["--output", "jsonpath={.spec.ports[0].nodePort}"],
        ],
        { signal },
      ),
    );
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

/** Ready, or waiting for its debugger. */
async function untilRunning(
  { timeoutMs, suspend }: DebugRequest,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { cluster, ports, signal }: Surroundings,
): Promise<string> {
  const labels = { ...selectorOf(name), ...DEBUG_LABEL };
  const startedMs = ports.clock.monotonicMs();
  for (;;) {
    const pods = await listPods(cluster, { namespace, labels }, signal);
    const runs = pods.find(({ status }) =>
      status?.containerStatuses?.every(({ ready, state }) =>
        suspend ? state?.running !== undefined : ready,
      ),
    );
    if (runs?.metadata?.name !== undefined) return runs.metadata.name;
    const hasCrashed = pods.some(({ status }) =>
      status?.containerStatuses?.some(({ restartCount = 0 }) => restartCount > 0),
    );
    if (hasCrashed || ports.clock.monotonicMs() - startedMs >= timeoutMs) {
      const pod = pods[0]?.metadata?.name;
      const { stdout } = await cluster.kubectl([
        ...["logs", pod ?? name, "--namespace", namespace, "--tail=300"],
        ...(hasCrashed ? ["--previous"] : []),
      ]);
      throw new ToolError("debug-not-started", { name, log: readApplicationLog(stdout) });
    }
    await ports.clock.sleep(POLL_MS, signal);
  }
}
