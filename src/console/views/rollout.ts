import { rolloutPicture, type CellState } from "../facts/rollout-picture.ts";
import { wrap } from "../lines/cells.ts";
import type { Glyphs } from "../lines/glyphs.ts";
import { emptyLine, line, span, type Line, type Tone } from "../lines/line.ts";
import type { WorkloadRow } from "../model/rows.ts";
import { rowsOf, type ConsoleState } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";

const words: Readonly<Record<CellState, string>> = {
  ready: "ready",
  starting: "starts",
  pulling: "gets ready to start",
  pending: "waits for a node",
  failing: "fails",
  "to-come": "to come",
  terminating: "ends",
};
const tones: Readonly<Record<CellState, Tone>> = {
  ready: "good",
  starting: "warn",
  pulling: "warn",
  pending: "warn",
  failing: "bad",
  "to-come": "dim",
  terminating: "dim",
};

function signOf(state: CellState, { full, free }: Glyphs): string {
  const signs: Readonly<Record<CellState, string>> = {
    ...{ ready: full, starting: "s", pulling: "p", pending: "?", failing: "x" },
    ...{ "to-come": free, terminating: "-" },
  };
  return signs[state];
}

/** More cells than these would be no picture. */
const mostCells = 40;

/** A roll-out as it goes: a row of cells for each version that has pods, one cell for each pod; nothing where there is none. */
export function drawRollout(
  deployment: WorkloadRow,
  state: ConsoleState,
  { glyphs, columns }: Frame,
): readonly Line[] {
  const picture = rolloutPicture(deployment, {
    replicaSets: rowsOf(state, "ReplicaSet"),
    pods: rowsOf(state, "Pod"),
    events: rowsOf(state, "Event"),
  });
  const { versions, limits, reason, ready, wanted } = picture;
  if (versions.length === 0) return [];
  const width = Math.max(
    ...versions.map(({ version = "", revision }) => nameOf(version, revision).length),
  );
  const present = new Set(versions.flatMap(({ cells }) => cells.map((cell) => cell.state)));
  const tone = { complete: "good", rolling: "warn", stuck: "bad" } as const;
  return [
    emptyLine,
    line(
      span("ROLL-OUT   ", "dim"),
      span(picture.state, tone[picture.state]),
      span(`  ${ready} of ${wanted} ready`),
      span(
        limits === undefined || picture.state === "complete"
          ? ""
          : `, from ${limits.least} to ${limits.most}`,
        "dim",
      ),
    ),
    ...versions.map(({ version = "", revision, isNew, cells }) =>
      line(
        span(nameOf(version, revision).padEnd(width), isNew ? "strong" : "plain"),
        span(isNew ? "  new  " : "  old  ", "dim"),
        ...cells
          .slice(0, mostCells)
          .map((cell) => span(signOf(cell.state, glyphs), tones[cell.state])),
        span(cells.length > mostCells ? ` and ${cells.length - mostCells} more` : "", "dim"),
      ),
    ),
    ...(picture.state === "complete"
      ? []
      : [
          line(
            span(
              [...present].map((each) => `${signOf(each, glyphs)} ${words[each]}`).join("  "),
              "dim",
            ),
          ),
        ]),
    ...(reason === undefined
      ? []
      : wrap(reason, Math.floor(columns * 0.34)).map((text) =>
          line(span(text, picture.state === "stuck" ? "bad" : "plain")),
        )),
  ];
}

function nameOf(version: string, revision: number): string {
  return version === "" ? `revision ${revision}` : version;
}
