import type { ContainerState, ContainerSummary } from "../../ports/container-engine.ts";

/** A container in the engine's list: https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerList */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Created: number;
}

export function summaryOf(found: ListedContainer): ContainerSummary {
  return {
    id: found.Id,
    name: found.Names[0]?.slice(1) ?? found.Id,
    image: found.Image,
    state: found.State as ContainerState,
    labels: found.Labels,
    createdAt: new Date(found.Created * 1000).toISOString(),
  };
}

export function byName(a: ContainerSummary, b: ContainerSummary): number {
  return a.name < b.name ? -1 : 1;
}
