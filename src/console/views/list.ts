import { cellsOf, fit, safe } from "../lines/cells.ts";
import { emptyLine, line, span, type Line, type Span } from "../lines/line.ts";
import type { Column, ListDefinition } from "../lists/list-definition.ts";
import type { Subject } from "../lists/subject.ts";
import { columnsFor, selectedIndex, visibleSubjects } from "../lists/visible.ts";
import type { ConsoleState, Place } from "../state/console-state.ts";
import type { Frame } from "./frame.ts";

/** Between two columns. */
const gap = 2;
/** A flexible column never becomes narrower. */
const leastFlexible = 12;

/** A list as a table with exactly so many rows: its head, then the part of it that the selection is in. */
export function drawList(
  state: ConsoleState,
  place: Place,
  list: ListDefinition,
  frame: Frame,
): readonly Line[] {
  const subjects = visibleSubjects(state, place);
  if (subjects.length === 0) return padded(whenEmpty(state, place, list), frame);
  const room = Math.max(0, frame.rows - 1);
  const index = selectedIndex(subjects, place);
  const top = windowTop(subjects.length, index, room);
  const shown = subjects.slice(top, top + room);
  const columns = columnsFor(list, { width: frame.columns, showsWide: state.showsWide });
  const cells = subjects.map((subject) =>
    columns.map((column) => {
      const cell = column.cell(subject, { state, glyphs: frame.glyphs });
      return { ...cell, text: safe(cell.text) };
    }),
  );
  const widths = columnWidths(columns, cells, frame.columns - 2);
  const head = line(
    "  ",
    ...columns.flatMap((column, at) =>
      cell(span(titleOf(column, place, frame), "dim"), column, widths[at] ?? 0, frame),
    ),
  );
  const rows = shown.map((subject, offset) => {
    const spans = (cells[top + offset] ?? []).flatMap((each, at) => {
      const column = columns[at];
      return column === undefined ? [] : cell(each, column, widths[at] ?? 0, frame);
    });
    const isSelected = top + offset === index && frame.isStill !== true;
    return row(subject, spans, { place, isSelected, frame });
  });
  return padded([head, ...rows], frame);
}

function row(
  { uid }: Subject,
  spans: readonly Span[],
  {
    place,
    isSelected,
    frame,
  }: { readonly place: Place; readonly isSelected: boolean; readonly frame: Frame },
): Line {
  const mark = place.marked.includes(uid) ? frame.glyphs.mark : " ";
  const drawn = line(span(isSelected ? ">" : " "), span(mark, "accent"), ...spans);
  return isSelected ? { ...drawn, isSelected } : drawn;
}

/** A column of no width is not shown: there was no room for it. */
function cell(given: Span, column: Column, width: number, { glyphs }: Frame): readonly Span[] {
  if (width <= 0) return [];
  const align = column.align ?? "left";
  const text = fit(given.text, width, { align, ellipsis: glyphs.ellipsis });
  return [{ ...given, text }, { text: " ".repeat(gap) }];
}

function titleOf({ title }: Column, { sort }: Place, { glyphs }: Frame): string {
  if (sort?.column !== title) return title;
  return `${title}${sort.isDescending ? glyphs.down : glyphs.up}`;
}

/** As wide as what they say. Where that is too much, the flexible one gives way, then the last ones go. */
function columnWidths(
  columns: readonly Column[],
  cells: readonly (readonly Span[])[],
  room: number,
): readonly number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(cellsOf(title), ...cells.map((row) => cellsOf(row[at]?.text ?? ""))),
  );
  // What says nothing of any row needs no room.
  for (const [at] of columns.entries()) {
    if (cells.every((row) => (row[at]?.text ?? "") === "")) widths[at] = 0;
  }
  const total = () => widths.reduce((sum, width) => sum + (width === 0 ? 0 : width + gap), 0) - gap;
  // The widest of those that give way gives way first.
  const flexible = columns
    .flatMap(({ isFlexible }, at) => (isFlexible === true ? [at] : []))
    .sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
  for (const at of flexible) {
    const width = widths[at] ?? 0;
    widths[at] = Math.max(Math.min(width, leastFlexible), width - Math.max(0, total() - room));
  }
  for (let at = columns.length - 1; at >= 0 && total() > room; at--) {
    if (flexible.includes(at)) continue;
    const width = widths[at] ?? 0;
    const over = total() - room;
    // A text may lose its end; a figure that has lost its end is wrong.
    widths[at] = columns[at]?.align === "right" || width - over < 8 ? 0 : width - over;
  }
  return widths;
}

/** First row of the window: the selection stays in its middle, but at both ends. */
export function windowTop(total: number, index: number, room: number): number {
  return Math.max(0, Math.min(index - Math.floor(room / 2), total - room));
}

function whenEmpty(state: ConsoleState, place: Place, list: ListDefinition): readonly Line[] {
  const isFiltered = place.filter !== "" && list.subjects(state, place).length > 0;
  const texts = isFiltered
    ? [`Nothing matches ${place.filter}.`, "esc shows everything again."]
    : list.whenEmpty(state);
  return [emptyLine, ...texts.map((text) => line("  ", span(text)))];
}

/** Exactly as many lines as there is room for. */
export function padded(lines: readonly Line[], { rows }: Pick<Frame, "rows">): readonly Line[] {
  return Array.from({ length: Math.max(0, rows) }, (_, index) => lines[index] ?? emptyLine);
}
