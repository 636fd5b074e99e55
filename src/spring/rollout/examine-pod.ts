import { diagnoseUnready, hasStarted, type Diagnosis } from "./diagnose-unready.ts";
import { readListeners, type Listener } from "./listening-sockets.ts";
import { readApplicationLog, readPodEvents } from "./read-application-log.ts";
import { readEndedLog, readLog } from "./read-log.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import { isToolError } from "../../errors/tool-error.ts";
import type { UpContext } from "../up/up-context.ts";
import type { RolloutContext } from "../up/up-stages.ts";

const LOG_LINES = 300;
/** The beginning, where Spring Boot says that it has started, however much it writes then. */
const LOG_BEGIN_BYTES = 256 * 1024;
/** Longer than a cluster in trouble takes for an answer; the failure itself has to be shown then. */
const EXAMINATION_MS = 20_000;

/** What a pod tells of why it does not come up. */
export interface PodFindings {
  readonly events: readonly string[];
  /** The lines that say why. */
  readonly log: readonly string[];
  /** Undefined: nothing is certain. */
  readonly diagnosis: Diagnosis | undefined;
  /** From then on only a change of the application or its configuration helps. */
  readonly hasStarted: boolean;
  /** Undefined: it does not run, or the node cannot be asked. */
  readonly listeners: readonly Listener[] | undefined;
}

/** Asks a pod's events, its log and its node. Best effort: what does not answer in time is left out. */
export async function examinePod(
  { request, cluster, ports, applied }: RolloutContext,
  pod: KubernetesObject | undefined,
  { hasCrashed = false }: { readonly hasCrashed?: boolean } = {},
): Promise<PodFindings> {
  const { namespace } = request.application;
  const signal = ports.clock.deadline(EXAMINATION_MS);
  const name = pod?.metadata?.name ?? "(none)";
  const ref = { name, namespace };
  const ask = <Answer>(work: Promise<Answer>, otherwise: Answer) =>
    unlessItFails(work, { signal, otherwise });
  const { api } = cluster;
  const tail = { tail: LOG_LINES, signal };
  const endOfLog = hasCrashed
    ? readEndedLog({ api, clock: ports.clock }, ref, tail)
    : readLog(api, ref, tail);
  const [events, end, begin, listeners] = await Promise.all([
    ask(api.events({ kind: "Pod", ...ref }, { signal }), []),
    ask(endOfLog, ""),
    hasCrashed ? "" : ask(readLog(api, ref, { limitBytes: LOG_BEGIN_BYTES, signal }), ""),
    readPodListeners(pod, { cluster, signal }),
  ]);
  const told = readPodEvents(events);
  const deployment = applied.manifests.find(({ kind }) => kind === "Deployment");
  const podAddress = pod?.status?.podIP;
  return {
    events: told,
    log: readApplicationLog(end),
    hasStarted: hasStarted(begin),
    listeners,
    diagnosis:
      hasCrashed || deployment === undefined
        ? undefined
        : diagnoseUnready({ deployment, listeners, events: told, log: begin, podAddress }),
  };
}

/** What is asked of a cluster in trouble: `otherwise` where it refuses, or the time for it is over. */
export async function unlessItFails<Answer>(
  work: Promise<Answer>,
  { signal, otherwise }: { readonly signal: AbortSignal; readonly otherwise: Answer },
): Promise<Answer> {
  try {
    return await work;
  } catch (error) {
    if (!signal.aborted && !isToolError(error, "cluster-request-failed")) throw error;
    return otherwise;
  }
}

async function readPodListeners(
  pod: KubernetesObject | undefined,
  { cluster, signal }: Pick<UpContext, "cluster"> & { readonly signal: AbortSignal },
): Promise<readonly Listener[] | undefined> {
  const node = pod?.spec?.nodeName;
  const statuses = pod?.status?.containerStatuses ?? [];
  const status = statuses.find(({ name }) => name === "application") ?? statuses[0];
  const containerId = status?.containerID;
  if (node === undefined || containerId === undefined || status?.state?.running === undefined)
    return undefined;
  try {
    const sockets = await cluster.podSockets({ node, containerId }, { signal });
    return sockets === undefined ? undefined : readListeners(sockets);
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
}
