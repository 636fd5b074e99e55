import type { Labels } from "../ports/cluster-api.ts";

/** "app=x,tier=y": everything has to match. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api */
export function toSelector(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
