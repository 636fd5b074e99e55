import type { Clock } from "../../ports/clock.ts";
import type { ClusterApi, KubernetesObject, ObjectRef } from "../../ports/cluster-api.ts";
import type { NamedEvent } from "../../ports/events.ts";
import type { ConsoleRequest } from "../model/requests.ts";

export type ActRequest = Extract<ConsoleRequest, { readonly type: "act" }>;

/** What one action has to do with. */
export interface Acting {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (event: NamedEvent) => void;
}

export async function mustBeThere(
  ref: ObjectRef,
  { api, signal }: Pick<Acting, "api" | "signal">,
): Promise<KubernetesObject> {
  const object = await api.get(ref, { signal });
  if (object === undefined) throw new Error(`${ref.kind} ${ref.name} is not there any more`);
  return object;
}
