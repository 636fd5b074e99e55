import { commands } from "../commands/commands.ts";
import { asciiGlyphs, unicodeGlyphs } from "../lines/glyphs.ts";
import { emptyLine, line, span, widthOf, type Line } from "../lines/line.ts";
import { paint, type ColourDepth } from "../lines/paint.ts";
import { lists } from "../lists/lists.ts";
import { currentPlace } from "../state/console-state.ts";
import type { Frame } from "../views/frame.ts";
import { drawHeader } from "../views/header.ts";
import { drawHome } from "../views/home.ts";
import { drawList } from "../views/list.ts";
import type { HomeReading } from "./read-home.ts";

/** Nothing is left out for want of rows: there is no screen to fit into. */
const rows = 10_000;
/** Its ends belong together, however wide the terminal is. */
const headerColumns = 100;

/** The home view's own lines, with nothing selected; what did not come is said below. Ends with a line feed. */
export function homeText(
  { state, missing }: HomeReading,
  {
    columns,
    depth,
    isAscii,
  }: { readonly columns: number; readonly depth: ColourDepth; readonly isAscii: boolean },
): string {
  const glyphs = isAscii ? asciiGlyphs : unicodeGlyphs;
  const frame: Frame = { columns, rows, glyphs, commands, isStill: true };
  const current = currentPlace(state);
  const lines = [
    drawHeader(state, { ...frame, columns: Math.min(columns, headerColumns) }),
    emptyLine,
    ...(current.view === "home"
      ? drawHome(state, current, frame)
      : state.clusters?.length === 0
        ? [line("  There is no cluster yet. Create one: airfield create cluster")]
        : drawList(state, current, lists.clusters, frame)),
  ];
  const last = lines.findLastIndex((each) => widthOf(each) > 0);
  const shown: readonly Line[] = [
    ...lines.slice(0, last + 1),
    ...(missing.length === 0 ? [] : [emptyLine, line(span("  NOT TOLD IN TIME", "dim"))]),
    ...missing.map((each) => line(span("! ", "bad"), span(each))),
  ];
  return shown
    .map((each) => (depth === "none" ? withoutTones(each) : each))
    .map((each) => `${paint(each, { depth, columns, isAscii }).trimEnd()}\n`)
    .join("");
}

/** Not even bold: what is no terminal, or is to have no colours, gets text alone. */
function withoutTones({ spans }: Line): Line {
  return line(...spans.map(({ text }) => text));
}
