import { listOf, visibleSubjects } from "../lists/visible.ts";
import { line, span, spread, type Line, type Span } from "../lines/line.ts";
import { actuatorRows } from "../state/actuator-state.ts";
import { currentPlace, type ConsoleState } from "../state/console-state.ts";
import { viewTitle } from "../state/palette.ts";
import { logsSummary } from "./logs.ts";
import type { Frame } from "./frame.ts";

/** The way from the root to here, and what limits what is seen. */
export function drawPath(state: ConsoleState, frame: Frame): Line {
  const { into, ellipsis } = frame.glyphs;
  const steps = state.places.map(({ view, of }, index) => {
    const title = view === "document" ? (state.document?.title ?? "") : viewTitle(view);
    return index === 0 || of === undefined ? title : `${of.name} ${into} ${title}`;
  });
  const shown = steps.filter((step) => step !== "").join(` ${into} `);
  const left = line(" ", span(shown, "heading"));
  return spread(left, line(...limits(state, frame), " "), frame.columns, ellipsis);
}

function actuatorLimits(state: ConsoleState): readonly Span[] {
  const current = currentPlace(state);
  const shown = actuatorRows(state, current).length;
  return [
    ...(current.filter === "" ? [] : [span(`/${current.filter}  `, "accent")]),
    ...(shown === 0 ? [] : [span(`${shown}`, "dim")]),
  ];
}

function limits(state: ConsoleState, frame: Frame): readonly Span[] {
  const { glyphs } = frame;
  const current = currentPlace(state);
  if (current.view === "logs") return logsSummary(state, frame);
  if (current.view === "actuator") return actuatorLimits(state);
  const list = listOf(current);
  if (list === undefined) {
    const lines = state.document?.lines.length ?? 0;
    return lines === 0 ? [] : [span(`line ${current.top + 1} of ${lines}`, "dim")];
  }
  const all = list.subjects(state, current).length;
  const shown = visibleSubjects(state, current).length;
  const parts: Span[][] = [
    ...(current.filter === "" ? [] : [[span(`/${current.filter}`, "accent")]]),
    ...(current.sort === undefined
      ? []
      : [
          [
            span(
              `${current.sort.column.toLowerCase()} ${current.sort.isDescending ? glyphs.down : glyphs.up}`,
              "accent",
            ),
          ],
        ]),
    ...(current.marked.length === 0 ? [] : [[span(`${current.marked.length} marked`, "accent")]]),
    ...(all === 0 ? [] : [[span(shown === all ? `${all}` : `${shown} of ${all}`, "dim")]]),
  ];
  return parts.flatMap((part, index) =>
    index === 0 ? part : [span(` ${glyphs.dot} `, "dim"), ...part],
  );
}
