import type { ObjectRef } from "../../ports/cluster-api.ts";
import type { Target } from "../model/requests.ts";
import { mustBeThere, type Acting, type ActRequest } from "./acting.ts";
import { drainNode } from "./drain-node.ts";
import { undoRollout } from "./undo-rollout.ts";

/** What `kubectl rollout restart` sets: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_restart/ */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

type Verb = (request: Pick<ActRequest, "of" | "argument">, acting: Acting) => Promise<void>;

/** What is done by the cluster's API, by the id of the table of commands. */
export const objectVerbs: Readonly<Record<string, Verb>> = {
  async scale({ of, argument }, { api, signal }) {
    const replicas = Number(argument);
    if (argument === undefined || !/^\d+$/.test(argument)) {
      throw new Error(`"${argument ?? ""}" is no number of pods`);
    }
    await api.scale(workloadOf(of), replicas, { signal });
  },

  async restart({ of }, { api, clock, signal }) {
    const ref = workloadOf(of);
    const { spec } = await mustBeThere(ref, { api, signal });
    const annotations = "/spec/template/metadata/annotations";
    const value = clock.nowIso();
    await api.patch(
      ref,
      spec?.template?.metadata?.annotations === undefined
        ? [{ op: "add", path: annotations, value: { [RESTARTED_AT]: value } }]
        : [{ op: "add", path: `${annotations}/${RESTARTED_AT.replaceAll("/", "~1")}`, value }],
      { signal },
    );
  },

  "undo-rollout": ({ of }, acting) => undoRollout(workloadOf(of), acting),

  async delete({ of }, { api, signal }) {
    await api.remove([refOf(of)], { signal });
  },

  cordon: ({ of }, acting) => setUnschedulable(of.name, true, acting),
  uncordon: ({ of }, acting) => setUnschedulable(of.name, false, acting),

  async drain({ of }, acting) {
    await drainNode(of.name, acting, () => setUnschedulable(of.name, true, acting));
  },
};

async function setUnschedulable(
  node: string,
  value: boolean,
  { api, signal }: Acting,
): Promise<void> {
  // "add" also replaces what is there (RFC 6902, section 4.1).
  const operations = [{ op: "add", path: "/spec/unschedulable", value }] as const;
  await api.patch({ kind: "Node", name: node }, operations, { signal });
}

function refOf({ kind, name, namespace }: Target): ObjectRef {
  return { kind, name, ...(namespace === "" ? {} : { namespace }) };
}

/** An application of Airfield's is a Deployment of its name. */
function workloadOf(of: Target): ObjectRef {
  return refOf(of.kind === "Application" ? { ...of, kind: "Deployment" } : of);
}
