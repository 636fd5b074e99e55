import { withScaleOf } from "./keep-scale.ts";
import { applyObjects, holdsContents, kubectl } from "./kubectl.ts";
import type { KubernetesObject } from "../ports/cluster-api.ts";
import { imageOf, isServing } from "./rollout-state.ts";
import { known, type UpContext } from "./up-context.ts";

/** Left by `kubectl apply`: the object as it was applied. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * After a roll-out that did not work: a version that served before gets its place back, so that its pods stay
 * and no broken ones linger. Applied as it was, not by `kubectl rollout undo`, which restores the pods only and
 * leaves the rest of the new version's objects. A first version stays for a look at it, unless the
 * user has cancelled. Resolves with a sentence on what is left.
 */
export async function undoRollout(
  context: UpContext,
  { isCancelled }: { readonly isCancelled: boolean },
): Promise<string> {
  const { request, cluster, ports, found } = context;
  found.isRollingOut = false;
  const { deployment, all = [] } = found.before ?? {};
  const { namespace } = request.application;
  const name = known(found, "name");
  const applied = all.flatMap(asBefore);
  const previous = found.isAutoscaled === true ? withScaleOf(deployment, applied) : applied;
  const remove = "`airfield down` removes it";

  if (deployment === undefined || request.application.run === "job") {
    if (!isCancelled) return `It is left as it is, for a look at it; ${remove}.`;
    // A job is made anew for each run; what a service needed before stays for it.
    const objects = (found.manifests ?? [])
      .filter(({ kind }) => deployment === undefined || kind === "Job")
      .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
    await undo(context, "the application is removed again", () =>
      kubectl(cluster, [
        ...["delete", ...objects, "--namespace", namespace],
        ...["--ignore-not-found", "--wait=false"],
      ]),
    );
    return "It was removed again.";
  }
  if (!isServing(deployment) || previous.length === 0) {
    return `The version before did not serve either, so the new one is left as it is; ${remove}.`;
  }
  const image = imageOf(deployment) ?? "unknown";
  await undo(context, `${name} goes back to ${image}`, () => applyObjects(cluster, previous));
  return `The previous version (${image}) keeps serving; the roll-out was undone.`;

  async function undo(
    { ports: { reporter, clock } }: Pick<typeof context, "ports">,
    reason: string,
    work: () => Promise<unknown>,
  ): Promise<void> {
    const startedMs = clock.monotonicMs();
    reporter.report({ type: "rollback-started", reason });
    await work();
    reporter.report({
      type: "rollback-finished",
      ms: Math.round(ports.clock.monotonicMs() - startedMs),
    });
  }
}

/** The object as it was applied; of what leaves no such trace, what the cluster had. */
function asBefore(object: KubernetesObject): readonly KubernetesObject[] {
  const text = object.metadata?.annotations?.[LAST_APPLIED];
  if (text !== undefined) return [JSON.parse(text) as KubernetesObject];
  if (!holdsContents(object)) return [];
  const { apiVersion, kind, metadata = {}, data, binaryData, type } = object;
  const { name, namespace, labels, annotations } = metadata;
  return [
    {
      ...{ apiVersion, kind, data, binaryData, type },
      metadata: { name, namespace, labels, annotations },
    } as KubernetesObject,
  ];
}
