import { diagnoseUnready, hasStarted, type Diagnosis } from "./diagnose-unready.ts";
import { readListeners, type Listener } from "./listening-sockets.ts";
import { readApplicationLog, readPodEvents } from "./read-application-log.ts";
import type { KubernetesObject } from "../ports/cluster-api.ts";
import { known, type UpContext } from "./up-context.ts";

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
  { request, cluster, found, ports }: UpContext,
  pod: KubernetesObject | undefined,
  { hasCrashed = false }: { readonly hasCrashed?: boolean } = {},
): Promise<PodFindings> {
  const { namespace } = request.application;
  const signal = ports.clock.deadline(EXAMINATION_MS);
  const name = pod?.metadata?.name ?? "(none)";
  const ask = async (...args: readonly string[]): Promise<string> => {
    try {
      const { exitCode, stdout } = await cluster.kubectl([...args, "--namespace", namespace], {
        signal,
      });
      return exitCode === 0 ? stdout : "";
    } catch (error) {
      if (!signal.aborted) throw error;
      return "";
    }
  };
  const logOf = (...more: readonly string[]) => ask("logs", name, ...more);
  const endOfLog = async (): Promise<string> => {
    const tail = `--tail=${LOG_LINES}`;
    const before = hasCrashed ? await logOf(tail, "--previous") : "";
    return before === "" ? logOf(tail) : before;
  };
  const [events, end, begin, listeners] = await Promise.all([
    ask("get", "events", "--field-selector", `involvedObject.name=${name}`, "--output", "json"),
    endOfLog(),
    hasCrashed ? "" : logOf(`--limit-bytes=${LOG_BEGIN_BYTES}`),
    readPodListeners(pod, { cluster, signal }),
  ]);
  const told = events === "" ? [] : readPodEvents(events);
  const deployment = known(found, "manifests").find(({ kind }) => kind === "Deployment");
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
