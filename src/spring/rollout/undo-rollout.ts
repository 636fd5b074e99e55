import { lastApplied } from "../../kubernetes/last-applied.ts";
import { groupOf } from "../../kubernetes/resources.ts";
import { rollBack } from "../../steps/undoing.ts";
import { withScaleOf } from "./keep-scale.ts";
import { imageOf, isServing } from "./rollout-state.ts";
import type { BegunRollout, UpContext } from "../up/up-context.ts";

/**
 * After a roll-out that did not work: a version that served before gets its place back, so that its pods stay
 * and no broken ones linger. Applied as it was, not by `kubectl rollout undo`, which restores the pods only and
 * leaves the rest of the new version's objects. A first version stays for a look at it, unless the
 * user has cancelled. Never throws: what cannot be undone is a warning. Resolves with a sentence on what is left.
 */
export async function undoRollout(
  { request, cluster, ports, underWay }: UpContext,
  { name, before, manifests, isAutoscaled }: BegunRollout,
  { isCancelled }: { readonly isCancelled: boolean },
): Promise<string> {
  delete underWay.rollout;
  const { deployment, all } = before;
  const { namespace } = request.application;
  const applied = all.flatMap((object) => lastApplied(object) ?? []);
  const previous = isAutoscaled ? withScaleOf(deployment, applied) : applied;
  const remove = "`airfield down` removes it";
  const hasUndone = async (reason: string, work: () => Promise<unknown>): Promise<boolean> => {
    const undo = async () => {
      await work();
      return [];
    };
    const removeCommand = `airfield down ${name} --namespace ${namespace}`;
    return (await rollBack(undefined, { reason, removeCommand, undo }, ports)).length === 0;
  };

  if (deployment === undefined || request.application.run === "job") {
    if (!isCancelled) return `It is left as it is, for a look at it; ${remove}.`;
    // A job is made anew for each run; what a service needed before stays for it.
    const objects = manifests
      .filter(({ kind }) => deployment === undefined || kind === "Job")
      .map(({ apiVersion, kind, metadata }) => ({
        ...{ kind, group: groupOf(apiVersion), name: metadata.name },
        namespace: metadata.namespace ?? namespace,
      }));
    const isGone = await hasUndone("the application is removed again", () =>
      cluster.api.remove(objects),
    );
    return isGone ? "It was removed again." : `It could not be removed again; ${remove}.`;
  }
  if (!isServing(deployment) || previous.length === 0) {
    return `The version before did not serve either, so the new one is left as it is; ${remove}.`;
  }
  const image = imageOf(deployment) ?? "unknown";
  const isBack = await hasUndone(`${name} goes back to ${image}`, () =>
    cluster.api.apply(previous),
  );
  return isBack
    ? `The previous version (${image}) keeps serving; the roll-out was undone.`
    : `The roll-out could not be undone, so its new pods stay beside those of the previous version (${image}); ${remove}.`;
}
