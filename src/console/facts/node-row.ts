import { parseQuantity } from "../../config/quantity.ts";
import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { NodeRow } from "../model/rows.ts";
import { conditionOf, oneLine, rowBase } from "./row-base.ts";

/** Conditions that are true where something is wrong. https://kubernetes.io/docs/reference/node/node-status/#condition */
const PRESSURES = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];
/** https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone */
const ZONE = "topology.kubernetes.io/zone";
const ROLE = "node-role.kubernetes.io/";

export function nodeRow(node: KubernetesObject): NodeRow {
  const { metadata, spec, status } = node;
  const labels = metadata?.labels ?? {};
  const zone = labels[ZONE];
  const why = whyOf(node);
  const resources = status?.allocatable ?? status?.capacity ?? {};
  return {
    kind: "Node",
    ...rowBase(node),
    namespace: "",
    isReady: conditionOf(node, "Ready")?.status === "True",
    ...(why === undefined ? {} : { why }),
    roles: Object.keys(labels)
      .filter((key) => key.startsWith(ROLE))
      .map((key) => key.slice(ROLE.length))
      .sort(),
    ...(zone === undefined ? {} : { zone }),
    isCordoned: spec?.unschedulable === true,
    version: status?.nodeInfo?.kubeletVersion ?? "",
    cpuCores: parseQuantity(resources["cpu"] ?? "0") ?? 0,
    memoryBytes: parseQuantity(resources["memory"] ?? "0") ?? 0,
  };
}

function whyOf(node: KubernetesObject): string | undefined {
  const ready = conditionOf(node, "Ready");
  if (ready?.status !== "True") {
    const { reason = "no kubelet has reported yet", message } = ready ?? {};
    return message === undefined ? reason : `${reason}: ${oneLine(message)}`;
  }
  return PRESSURES.find((type) => conditionOf(node, type)?.status === "True");
}
