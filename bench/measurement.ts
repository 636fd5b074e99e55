/** What one cluster was seen to do. Times are milliseconds from the start of the command that creates it. */
export interface Measurement {
  /** The API server answered for the first time. */
  readonly apiMs: number;
  /** The command ended. */
  readonly returnedMs: number;
  /** The first node was Ready, and the probe pod was created. */
  readonly firstReadyMs: number;
  /** All nodes were Ready. */
  readonly readyMs: number;
  /** The process in the probe pod ran. */
  readonly podMs: number;
  /** The cluster's DNS answered it. */
  readonly dnsMs: number;
  /** The command had ended and DNS answered. */
  readonly usableMs: number;
  /** From the start of the command that deletes the cluster to its end. */
  readonly deleteMs: number;
  /** Highest sum over all nodes' working sets until the idle figure was taken. */
  readonly peakBytes?: number;
  /** The same sum once the cluster has been ready for a while. */
  readonly idleBytes?: number;
  /** Working set, at that moment, of the cluster's containers that are no nodes: Airfield's registry, load balancers. */
  readonly idleOthersBytes?: number;
}

export type Metric = keyof Measurement;

export interface Run {
  /** Warm-ups count from 1 as well. */
  readonly index: number;
  readonly warmup: boolean;
  readonly cluster: string;
  readonly startedAt: string;
  /** Load averages over 1, 5 and 15 minutes, and busy processors over the last two seconds, before it began. */
  readonly load: readonly number[];
  readonly busyProcessors: number;
  /** Absent when it failed. */
  readonly measurement?: Measurement;
  readonly failure?: string;
}

/** Values of one metric over the runs that count. */
export function valuesOf(runs: readonly Run[], metric: Metric): readonly number[] {
  return runs
    .filter(({ warmup }) => !warmup)
    .map(({ measurement }) => measurement?.[metric])
    .filter((value) => value !== undefined);
}
