import type { KubernetesObject } from "../../ports/cluster-api.ts";
import type { EventRow } from "../model/rows.ts";
import { oneLine, rowBase } from "./row-base.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/: old and new writers fill different fields. */
export function eventRow(event: KubernetesObject): EventRow {
  const { type, reason = "", message = "", count, series, involvedObject = {} } = event;
  const base = rowBase(event);
  const { kind = "", name = "", uid = "" } = involvedObject;
  return {
    kind: "Event",
    ...base,
    ...{ type: type === "Warning" ? "Warning" : "Normal", reason, message: oneLine(message) },
    count: series?.count ?? count ?? 1,
    lastAt:
      series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.firstTimestamp ??
      base.createdAt,
    about: { kind, name, uid },
  };
}
