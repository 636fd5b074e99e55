import { summarize } from "./statistics.ts";

/** How a change is brought to the cluster: `dev` in its two ways, and the tools by hand. */
export const wayNames = ["image", "live", "kind"] as const;
export type WayName = (typeof wayNames)[number];

/** One edit, from the save to the new version's answer. */
export interface Edit {
  readonly warmup: boolean;
  /** As the tool tells its phases, in their order. */
  readonly phases: readonly { readonly name: string; readonly ms: number }[];
  /** The new version's answer was seen at the URL. */
  readonly answeredMs: number;
}

export interface WayResults {
  readonly way: WayName;
  readonly edits: readonly Edit[];
  readonly failure?: string;
}

/** Of each way the median of every phase and of the whole, in seconds, with the least and the greatest. */
export function renderLoop(results: readonly WayResults[]): string {
  return results.map(renderWay).join("\n");
}

/** As JSON has them: the statistics beside the edits. */
export function toLoopFigures(results: readonly WayResults[]): object {
  return results.map((of) => ({
    ...of,
    answeredMs: summarize(counted(of).map(({ answeredMs }) => answeredMs)),
    phases: Object.fromEntries(phasesOf(of).map((name) => [name, summarize(valuesOf(of, name))])),
  }));
}

function renderWay(results: WayResults): string {
  const { way, failure } = results;
  const edits = counted(results);
  const lines: readonly (readonly [string, readonly number[]])[] = [
    ...phasesOf(results).map((name) => [name, valuesOf(results, name)] as const),
    ["answer seen", edits.map(({ answeredMs }) => answeredMs)],
  ];
  return [
    `${titles[way]} (${edits.length} edits)`,
    ...(failure === undefined ? [] : [`  failed: ${failure}`]),
    ...lines.map(([name, values]) => `  ${name.padEnd(16)}${renderFigure(values)}`),
    "",
  ].join("\n");
}

const titles: Readonly<Record<WayName, string>> = {
  image: "airfield dev --with image",
  live: "airfield dev --with live",
  kind: "mvn package, docker build, kind load, kubectl rollout restart",
};

function renderFigure(values: readonly number[]): string {
  const figure = summarize(values);
  if (figure === undefined) return "–";
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  return `${seconds(figure.median)} s (${seconds(figure.min)}–${seconds(figure.max)})`;
}

function counted({ edits }: WayResults): readonly Edit[] {
  return edits.filter(({ warmup }) => !warmup);
}

function phasesOf(results: WayResults): readonly string[] {
  return [...new Set(counted(results).flatMap(({ phases }) => phases.map(({ name }) => name)))];
}

function valuesOf(results: WayResults, phase: string): readonly number[] {
  return counted(results).flatMap(({ phases }) =>
    phases.filter(({ name }) => name === phase).map(({ ms }) => ms),
  );
}
