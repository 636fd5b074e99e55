import { valuesOf, type Metric, type Run } from "./measurement.ts";
import { summarize, type Statistics } from "./statistics.ts";
import type { ToolName } from "./tools.ts";
import type { Topology } from "./topology.ts";

/** All runs of one topology. */
export interface TopologyResults {
  readonly topology: Topology;
  readonly tools: readonly ToolResults[];
}

export interface ToolResults {
  readonly tool: ToolName;
  readonly createCommand: string;
  readonly deleteCommand: string;
  readonly runs: readonly Run[];
}

interface Row {
  readonly metric: Metric;
  readonly title: string;
  readonly unit: Unit;
  /** Absent: the tools' figures mean different things and have no ratio. */
  readonly isComparable: boolean;
}

interface Unit {
  readonly name: string;
  format(value: number): string;
}

const seconds: Unit = {
  name: "s",
  format: (ms) => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1),
};
const mebibytes: Unit = { name: "MiB", format: (bytes) => (bytes / 2 ** 20).toFixed(0) };

const rows: readonly Row[] = [
  { metric: "returnedMs", title: "command returned", unit: seconds, isComparable: false },
  { metric: "readyMs", title: "all nodes Ready", unit: seconds, isComparable: true },
  { metric: "podMs", title: "first pod runs", unit: seconds, isComparable: true },
  { metric: "dnsMs", title: "DNS answers (end point)", unit: seconds, isComparable: true },
  { metric: "usableMs", title: "returned and DNS answers", unit: seconds, isComparable: true },
  { metric: "deleteMs", title: "deleted, nothing left", unit: seconds, isComparable: true },
  { metric: "peakBytes", title: "peak memory of nodes", unit: mebibytes, isComparable: true },
  { metric: "idleBytes", title: "idle memory of nodes", unit: mebibytes, isComparable: true },
  {
    metric: "idleOthersBytes",
    title: "… of other containers",
    unit: mebibytes,
    isComparable: false,
  },
];

/** Medians with the least and the greatest value, a column for each tool, and how many times Airfield is better. */
export function renderResults({ topology, tools }: TopologyResults): string {
  const columns = [...tools].sort((a, b) => a.tool.localeCompare(b.tool));
  const hasRatio = ["airfield", "kind"].every((name) => columns.some(({ tool }) => tool === name));
  const header = ["", ...columns.map(({ tool }) => tool), ...(hasRatio ? ["kind/airfield"] : [])];
  const body = rows.map(({ metric, title, unit, isComparable }) => {
    const figures = columns.map(({ runs }) => summarize(valuesOf(runs, metric)));
    return [
      `${title}, ${unit.name}`,
      ...figures.map((figure) => renderFigure(figure, unit)),
      ...(hasRatio ? [isComparable ? renderRatio(figures) : "–"] : []),
    ];
  });
  const succeeded = columns.map(({ runs }) => valuesOf(runs, "dnsMs").length);
  const counted = columns.map(
    ({ tool, runs }, index) => `${tool} ${succeeded[index] ?? 0} of ${countRuns(runs)}`,
  );
  return [
    `${describeTopology(topology)} (runs: ${counted.join(", ")})`,
    ...(succeeded.some((count) => count > 0) ? [renderColumns([header, ...body])] : []),
    ...columns.flatMap(renderFailures),
    "",
  ].join("\n");
}

/** As JSON has them: the statistics of each metric beside the runs. */
export function toFigures({ topology, tools }: TopologyResults): object {
  return {
    topology,
    tools: tools.map((results) => ({
      ...results,
      statistics: Object.fromEntries(
        rows.map(({ metric }) => [metric, summarize(valuesOf(results.runs, metric))]),
      ),
    })),
  };
}

/** One line for people who watch. */
export function renderRun({ measurement, failure }: Run): string {
  if (measurement === undefined) return `failed: ${failure ?? "unknown"}`;
  const told = (metric: Metric) => `${seconds.format(measurement[metric] ?? 0)} s`;
  return `returned ${told("returnedMs")}, Ready ${told("readyMs")}, DNS ${told("dnsMs")}, deleted ${told("deleteMs")}`;
}

function describeTopology({ controlPlanes, workers }: Topology): string {
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  return [of(controlPlanes, "control plane"), of(workers, "worker")].join(", ");
}

function renderFigure(figure: Statistics | undefined, unit: Unit): string {
  if (figure === undefined) return "–";
  const { median, min, max } = figure;
  return `${unit.format(median)} (${unit.format(min)}–${unit.format(max)})`;
}

/** The columns are sorted: Airfield's comes first. */
function renderRatio([airfield, kind]: readonly (Statistics | undefined)[]): string {
  if (airfield === undefined || kind === undefined || airfield.median === 0) return "–";
  return `${(kind.median / airfield.median).toFixed(1)}×`;
}

function renderFailures({ tool, runs }: ToolResults): readonly string[] {
  return runs
    .filter(({ failure }) => failure !== undefined)
    .map(
      ({ index, warmup, failure }) =>
        `  ${tool} ${warmup ? "warm-up" : "run"} ${index} failed: ${firstLine(failure)}`,
    );
}

/** The rest has been shown when it happened, and is in the JSON. */
function firstLine(text = ""): string {
  return text.split("\n")[0] ?? text;
}

function countRuns(runs: readonly Run[]): number {
  return runs.filter(({ warmup }) => !warmup).length;
}

/** The first column stands left, figures stand right. */
function renderColumns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("   "),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}
