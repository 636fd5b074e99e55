/** How many nodes of each role a measured cluster has. */
export interface Topology {
  /** As typed: "1+2". */
  readonly name: string;
  readonly controlPlanes: number;
  readonly workers: number;
}

/** Reads "1" or "1+2": control planes, then workers. Undefined when it is neither. */
export function parseTopology(text: string): Topology | undefined {
  const [, controlPlanes, workers = "0"] = /^([1-9]\d?)(?:\+(\d{1,2}))?$/.exec(text.trim()) ?? [];
  if (controlPlanes === undefined) return undefined;
  return {
    name: text.trim(),
    controlPlanes: Number(controlPlanes),
    workers: Number(workers),
  };
}

export function countNodes({ controlPlanes, workers }: Topology): number {
  return controlPlanes + workers;
}
