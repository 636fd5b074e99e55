import { isToolError } from "../../errors/tool-error.ts";
import type { Clock } from "../../ports/clock.ts";
import { waitUntil } from "../../steps/wait-until.ts";
import type { SpringCluster } from "../cluster-access.ts";
import { readApplication } from "./read-application.ts";
import type { UpContext } from "../up/up-context.ts";

/** The part of an EndpointSlice that tells who is asked. */
interface EndpointSlice {
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly name?: string };
      }[]
    | null;
}

/** The control plane needs a moment; where it needs longer, something else is wrong, and nobody waits for it. */
const PATIENCE_MS = 5_000;
const POLL_MS = 50;
/**
 * Until the nodes do what the slices say: kube-proxy writes its rules at most each tenth of a second (iptables
 * minSyncPeriod of our clusters), which takes a tenth of a second itself, or two beside a JVM that starts.
 */
const SETTLE_MS = 500;

/**
 * Waits until requests to the Service reach pods of the newest version only. A roll-out is complete when the old pods are
 * told to end; they go on answering for a while, so that no request is lost, and are asked until the Service's
 * EndpointSlices and the rules on the nodes leave them out.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow
 */
export async function untilOldPodsAreUnasked(
  context: Pick<UpContext, "request" | "cluster"> & { readonly ports: { readonly clock: Clock } },
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { request, cluster, ports } = context;
  const { clock } = ports;
  const { pods } = await readApplication(context, name, signal);
  const hash = pods[0]?.metadata?.labels?.["pod-template-hash"];
  const place = { name, namespace: request.application.namespace };
  if (hash !== undefined) {
    const late = new Error(`the EndpointSlices of ${name} still name pods of an older version`);
    await waitUntil(
      async (until) => {
        const asked = await readAsked(place, cluster, until);
        return asked.every((pod) => pod.startsWith(`${name}-${hash}-`)) ? true : undefined;
      },
      { clock, signal, everyMs: POLL_MS, withinMs: PATIENCE_MS, onDeadline: () => late },
    ).catch((error: unknown) => {
      if (error !== late) throw error;
    });
  }
  await clock.sleep(SETTLE_MS, signal);
}

/** Names of the pods that requests to the Service reach; none where that cannot be read. */
async function readAsked(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { api }: Pick<SpringCluster, "api">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const labels = { "kubernetes.io/service-name": name };
  try {
    const slices = await api.list({ kinds: ["EndpointSlice"], namespace, labels }, { signal });
    return (slices as readonly EndpointSlice[]).flatMap(({ endpoints }) =>
      (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
        conditions?.ready === false || targetRef?.name === undefined ? [] : [targetRef.name],
      ),
    );
  } catch (error) {
    if (isToolError(error, "cluster-request-failed")) return [];
    throw error;
  }
}
