import {
  loadValuesOf,
  scenarios,
  type LoadMetric,
  type LoadRun,
  type Scenario,
} from "./load-measurement.ts";
import { summarize, type Statistics } from "./statistics.ts";
import type { ToolName } from "./tools.ts";

/** All runs to one number of nodes. */
export interface NodeCountResults {
  readonly nodes: number;
  readonly tools: readonly { readonly tool: ToolName; readonly runs: readonly LoadRun[] }[];
}

const titles: Readonly<Record<Scenario, string>> = {
  first: "400 MB, first load",
  unchanged: "the same, unchanged",
  changed: "1 MB changed",
  spring: "Spring Boot, one class changed",
};

interface Row {
  readonly metric: LoadMetric;
  readonly title: string;
  format(value: number): string;
}

const seconds = (ms: number) => (ms / 1000).toFixed(ms < 10_000 ? 2 : 1);
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 10e6 ? 2 : 0);

const rows: readonly Row[] = [
  { metric: "ms", title: "seconds", format: seconds },
  { metric: "cpuMs", title: "CPU s of the command", format: seconds },
  { metric: "othersCpuMs", title: "CPU s of engine and nodes", format: seconds },
  { metric: "sentBytes", title: "sent, MB", format: megabytes },
  { metric: "peakBytes", title: "memory of the command, MB", format: megabytes },
];

/** Medians with the least and the greatest value, a column for each tool, and how many times Airfield is better. */
export function renderLoadResults({ nodes, tools }: NodeCountResults): string {
  const columns = [...tools].sort((a, b) => a.tool.localeCompare(b.tool));
  const hasRatio = columns.length === 2;
  const lines = scenarios.flatMap((scenario) => [
    [titles[scenario], ...columns.map(({ tool }) => tool), ...(hasRatio ? ["kind/airfield"] : [])],
    ...rows.map(({ metric, title, format }) => {
      const figures = columns.map(({ runs }) => summarize(loadValuesOf(runs, scenario, metric)));
      return [
        `  ${title}`,
        ...figures.map((figure) => renderFigure(figure, format)),
        ...(hasRatio ? [renderRatio(figures)] : []),
      ];
    }),
  ]);
  const failures = columns.flatMap(({ tool, runs }) =>
    runs.flatMap(({ index, failure }) =>
      failure === undefined ? [] : [`  ${tool} run ${index} failed: ${failure.split("\n")[0]}`],
    ),
  );
  const count = (runs: readonly LoadRun[]) => runs.filter(({ warmup }) => !warmup).length;
  const counted = columns.map(({ tool, runs }) => `${tool} ${count(runs)}`).join(", ");
  return [
    `to ${nodes} node${nodes === 1 ? "" : "s"} (runs: ${counted})`,
    ...align(lines),
    ...failures,
    "",
  ].join("\n");
}

/** As JSON has them: the statistics of each metric beside the runs. */
export function toLoadFigures({ nodes, tools }: NodeCountResults): object {
  return {
    nodes,
    tools: tools.map(({ tool, runs }) => ({
      tool,
      runs,
      statistics: Object.fromEntries(
        scenarios.map((scenario) => [
          scenario,
          Object.fromEntries(
            rows.map(({ metric }) => [metric, summarize(loadValuesOf(runs, scenario, metric))]),
          ),
        ]),
      ),
    })),
  };
}

/** One line for people who watch. */
export function renderLoadRun({ measurements, failure }: LoadRun): string {
  const told = scenarios.flatMap((scenario) => {
    const ms = measurements[scenario]?.ms;
    return ms === undefined ? [] : [`${scenario} ${seconds(ms)} s`];
  });
  return [...told, ...(failure === undefined ? [] : [`failed: ${failure}`])].join(", ");
}

function renderFigure(figure: Statistics | undefined, format: (value: number) => string): string {
  if (figure === undefined) return "–";
  return `${format(figure.median)} (${format(figure.min)}–${format(figure.max)})`;
}

/** The columns are sorted: Airfield's comes first. */
function renderRatio([airfield, kind]: readonly (Statistics | undefined)[]): string {
  if (airfield === undefined || kind === undefined || airfield.median === 0) return "–";
  return `${(kind.median / airfield.median).toFixed(1)}×`;
}

/** The first column stands left, figures stand right. */
function align(lines: readonly (readonly string[])[]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("   ")
      .trimEnd(),
  );
}
