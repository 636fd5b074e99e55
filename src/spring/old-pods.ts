import type { Clock } from "../ports/clock.ts";
import type { SpringCluster } from "./cluster-access.ts";
import { readApplication } from "./read-application.ts";
import { toItems } from "./rollout-state.ts";
import { known, type UpContext } from "./up-context.ts";

/** The part of an EndpointSlice that tells who is asked. */
interface EndpointSlice {
  readonly endpoints?:
    | readonly {
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly name?: string };
      }[]
    | null;
}

/** The control plane needs a moment; where it needs longer, something else is wrong. */
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
  context: Pick<UpContext, "request" | "cluster" | "found"> & {
    readonly ports: { readonly clock: Clock };
  },
  signal: AbortSignal,
): Promise<void> {
  const { request, cluster, found, ports } = context;
  const { clock } = ports;
  const name = known(found, "name");
  const { pods } = await readApplication(context, signal);
  const hash = pods[0]?.metadata?.labels?.["pod-template-hash"];
  const startedMs = clock.monotonicMs();
  const place = { name, namespace: request.application.namespace };
  while (
    hash !== undefined &&
    clock.monotonicMs() - startedMs < PATIENCE_MS &&
    (await readAsked(place, cluster, signal)).some((pod) => !pod.startsWith(`${name}-${hash}-`))
  )
    await clock.sleep(POLL_MS, signal);
  await clock.sleep(SETTLE_MS, signal);
}

/** Names of the pods that requests to the Service reach; none where that cannot be read. */
async function readAsked(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  cluster: Pick<SpringCluster, "kubectl">,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const selector = `kubernetes.io/service-name=${name}`;
  const args = ["get", "endpointslices", "--namespace", namespace, "--selector", selector];
  const { exitCode, stdout } = await cluster.kubectl([...args, "--output", "json"], { signal });
  if (exitCode !== 0) return [];
  return (toItems(stdout) as readonly EndpointSlice[]).flatMap(({ endpoints }) =>
    (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready === false || targetRef?.name === undefined ? [] : [targetRef.name],
    ),
  );
}
