import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { WorkloadRow } from "../model/rows.ts";
import { conditionOf, oneLine, ownerOf, rowBase } from "./row-base.ts";

const REVISION = "deployment.kubernetes.io/revision";
/** What `airfield up` writes into the pods' annotations: the id of the image that was built. */
const IMAGE_ID = "airfield.dev/image-id";
/** As git shortens its ids. */
const SHORT_ID = 7;

type Kind = WorkloadRow["kind"];

export function workloadRow(object: KubernetesObject, kind: Kind): WorkloadRow {
  const images = (object.spec?.template?.spec?.containers ?? []).flatMap(
    ({ image }) => image ?? [],
  );
  const revision = Number(object.metadata?.annotations?.[REVISION]);
  const version = versionOf(object, images[0]);
  const why = whyOf(object);
  return {
    kind,
    ...rowBase(object),
    ...countsOf(object, kind),
    images,
    ...ownerOf(object),
    ...(Number.isInteger(revision) ? { revision } : {}),
    ...(version === undefined ? {} : { version }),
    ...(why === undefined ? {} : { why }),
    ...rollingUpdateOf(object, kind),
  };
}

function countsOf(
  { spec, status = {} }: KubernetesObject,
  kind: Kind,
): Pick<WorkloadRow, "wanted" | "ready" | "updated" | "available"> {
  switch (kind) {
    case "DaemonSet":
      return {
        wanted: status.desiredNumberScheduled ?? 0,
        ready: status.numberReady ?? 0,
        updated: status.updatedNumberScheduled ?? 0,
        available: status.numberAvailable ?? 0,
      };
    case "Job": {
      const done = status.succeeded ?? 0;
      return { wanted: spec?.completions ?? 1, ready: done, updated: done, available: done };
    }
    case "ReplicaSet": {
      // All of its pods are of its one version.
      const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
      const wanted = spec?.replicas ?? 1;
      return { wanted, ready: readyReplicas, updated: replicas, available: availableReplicas };
    }
    case "Deployment":
    case "StatefulSet":
      return {
        wanted: spec?.replicas ?? 1,
        ready: status.readyReplicas ?? 0,
        updated: status.updatedReplicas ?? 0,
        available: status.availableReplicas ?? 0,
      };
  }
}

function versionOf({ spec }: KubernetesObject, image: string | undefined): string | undefined {
  const id = spec?.template?.metadata?.annotations?.[IMAGE_ID];
  if (id !== undefined) return id.replace(/^sha256:/, "").slice(0, SHORT_ID);
  if (image === undefined) return undefined;
  const [, digest] = /@sha256:([0-9a-f]+)$/.exec(image) ?? [];
  if (digest !== undefined) return digest.slice(0, SHORT_ID);
  return /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
}

function whyOf(object: KubernetesObject): string | undefined {
  const refused = conditionOf(object, "ReplicaFailure");
  if (refused?.status === "True") return textOf(refused);
  const failed = conditionOf(object, "Failed");
  if (failed?.status === "True") return textOf(failed);
  const progressing = conditionOf(object, "Progressing");
  return progressing?.status === "False" ? textOf(progressing) : undefined;
}

function textOf({
  reason,
  message,
}: {
  readonly reason?: string;
  readonly message?: string;
}): string {
  return [reason, message]
    .filter((text) => text !== undefined)
    .map(oneLine)
    .join(": ");
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment */
function rollingUpdateOf(
  { spec }: KubernetesObject,
  kind: Kind,
): Pick<WorkloadRow, "rollingUpdate"> {
  const { maxSurge, maxUnavailable } = spec?.strategy?.rollingUpdate ?? {};
  if (kind !== "Deployment" || maxSurge === undefined || maxUnavailable === undefined) return {};
  const wanted = spec?.replicas ?? 1;
  const podsOf = (value: number | string, round: (share: number) => number): number =>
    typeof value === "number" ? value : round((Number.parseFloat(value) / 100) * wanted);
  return {
    rollingUpdate: {
      maxSurge: podsOf(maxSurge, Math.ceil),
      maxUnavailable: podsOf(maxUnavailable, Math.floor),
    },
  };
}
