/** What is loaded: each is measured for each tool and number of nodes. */
export const scenarios = ["first", "unchanged", "changed", "spring"] as const;

export type Scenario = (typeof scenarios)[number];

/** One load command. */
export interface LoadMeasurement {
  readonly ms: number;
  /** Of the command and all that it started. */
  readonly cpuMs: number;
  /** Of the engine and the nodes meanwhile, with what they do anyway; undefined where it cannot be read. */
  readonly othersCpuMs?: number;
  /** To all nodes together. */
  readonly sentBytes: number;
  /** Highest sum over the command and all that it started. */
  readonly peakBytes: number;
}

export type LoadMetric = keyof LoadMeasurement;

export interface LoadRun {
  /** Warm-ups count from 1 as well. */
  readonly index: number;
  readonly warmup: boolean;
  readonly startedAt: string;
  readonly load: readonly number[];
  readonly busyProcessors: number;
  readonly measurements: Readonly<Partial<Record<Scenario, LoadMeasurement>>>;
  /** Why the rest is absent. */
  readonly failure?: string;
}

/** Values of one metric over the runs that count. */
export function loadValuesOf(
  runs: readonly LoadRun[],
  scenario: Scenario,
  metric: LoadMetric,
): readonly number[] {
  return runs
    .filter(({ warmup }) => !warmup)
    .map(({ measurements }) => measurements[scenario]?.[metric])
    .filter((value) => value !== undefined);
}
