import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { ClaimRow, NamespaceRow, Row, RowKind } from "../model/rows.ts";
import { eventRow } from "./event-row.ts";
import { ingressRow, serviceRow } from "./network-rows.ts";
import { nodeRow } from "./node-row.ts";
import { podRow } from "./pod-row.ts";
import { rowBase } from "./row-base.ts";
import { sanitised } from "./sanitise.ts";
import { workloadRow } from "./workload-row.ts";

/**
 * The row of an object. Nothing else of the object may be kept: it holds values of environment variables. No text of the
 * row has control bytes, whatever the cluster says.
 */
export function rowOf(object: KubernetesObject, kind: RowKind): Row {
  return sanitised(rawRowOf(object, kind));
}

function rawRowOf(object: KubernetesObject, kind: RowKind): Row {
  switch (kind) {
    case "Pod":
      return podRow(object);
    case "Node":
      return nodeRow(object);
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
      return workloadRow(object, kind);
    case "Service":
      return serviceRow(object);
    case "Ingress":
      return ingressRow(object);
    case "PersistentVolumeClaim":
      return claimRow(object);
    case "Event":
      return eventRow(object);
    case "Namespace":
      return namespaceRow(object);
  }
}

function claimRow(claim: KubernetesObject): ClaimRow {
  return {
    kind: "PersistentVolumeClaim",
    ...rowBase(claim),
    status: claim.status?.phase ?? "",
    capacity: claim.status?.capacity?.["storage"] ?? "",
    storageClass: claim.spec?.storageClassName ?? "",
  };
}

function namespaceRow(namespace: KubernetesObject): NamespaceRow {
  return {
    kind: "Namespace",
    ...rowBase(namespace),
    namespace: "",
    status: namespace.status?.phase ?? "",
  };
}
