import type { KubernetesObject, ObjectRef } from "../../ports/cluster-api.ts";
import { mustBeThere, type Acting } from "./acting.ts";

const REVISION = "deployment.kubernetes.io/revision";
/** The controller of Deployments puts it on the pods of each ReplicaSet, to tell them apart. */
const TEMPLATE_HASH = "pod-template-hash";

interface Revision {
  readonly number: number;
  /** The pods' template of then. */
  readonly template: unknown;
}

/**
 * Goes back to the version before, as `kubectl rollout undo` does: of a Deployment its ReplicaSet of the second highest
 * revision, of a StatefulSet or DaemonSet its ControllerRevision.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-to-a-previous-revision
 */
export async function undoRollout(ref: ObjectRef, { api, signal }: Acting): Promise<void> {
  const object = await mustBeThere(ref, { api, signal });
  const kind = ref.kind === "Deployment" ? "ReplicaSet" : "ControllerRevision";
  const { namespace } = ref;
  const listed = await api.list(
    { kinds: [kind], ...(namespace === undefined ? {} : { namespace }) },
    { signal },
  );
  const revisions = listed
    .filter((each) => isOwnedBy(each, object))
    .flatMap((each) => (kind === "ReplicaSet" ? ofReplicaSet(each) : ofControllerRevision(each)))
    .toSorted((a, b) => b.number - a.number);
  const before = revisions[1];
  if (before === undefined) {
    throw new Error(`${ref.kind} ${ref.name} has no version before this one`);
  }
  const { generation } = object.metadata ?? {};
  await api.patch(
    ref,
    [
      // What somebody else has changed meanwhile is not written over.
      ...(generation === undefined
        ? []
        : [{ op: "test", path: "/metadata/generation", value: generation } as const]),
      { op: "replace", path: "/spec/template", value: before.template },
    ],
    { signal },
  );
}

function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const uid = owner.metadata?.uid;
  return metadata?.ownerReferences?.some((each) => each.uid === uid) === true;
}

function ofReplicaSet({ metadata, spec }: KubernetesObject): readonly Revision[] {
  const number = Number(metadata?.annotations?.[REVISION]);
  const { template } = spec ?? {};
  if (!Number.isInteger(number) || template === undefined) return [];
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(
    ([name]) => name !== TEMPLATE_HASH,
  );
  return [
    {
      number,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: Object.fromEntries(labels) },
      },
    },
  ];
}

/** Its data is a patch of the whole: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/ */
function ofControllerRevision(object: KubernetesObject): readonly Revision[] {
  const { revision, data } = object as {
    readonly revision?: number;
    readonly data?: {
      readonly spec?: { readonly template?: Readonly<Record<string, unknown>> };
    };
  };
  const template = data?.spec?.template;
  if (revision === undefined || template === undefined) return [];
  const { $patch: _, ...rest } = template;
  return [{ number: revision, template: rest }];
}
