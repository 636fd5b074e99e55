import { cellsOf, clip } from "./cells.ts";

/** What a piece of text means; `paint.ts` says how that looks. */
export type Tone =
  | "plain"
  | "dim"
  | "strong"
  | "accent"
  | "good"
  | "warn"
  | "bad"
  | "heading"
  | "key"
  | "match"
  | "hue0"
  | "hue1"
  | "hue2"
  | "hue3"
  | "hue4"
  | "hue5";

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Line {
  readonly spans: readonly Span[];
  /** Drawn with colours exchanged over its whole width. */
  readonly isSelected?: boolean;
  /** What stands right of a selected line and is none of it. */
  readonly rest?: readonly Span[];
}

export const emptyLine: Line = { spans: [] };

export function line(...spans: readonly (Span | string)[]): Line {
  return { spans: spans.map((each) => (typeof each === "string" ? { text: each } : each)) };
}

export function span(text: string, tone: Tone = "plain"): Span {
  return { text, tone };
}

export function widthOf({ spans, rest = [] }: Line): number {
  return [...spans, ...rest].reduce((sum, { text }) => sum + cellsOf(text), 0);
}

/** At most so many columns of it. */
export function clipLine(given: Line, columns: number, ellipsis: string): Line {
  if (widthOf(given) <= columns) return given;
  const spans: Span[] = [];
  let room = columns;
  for (const each of given.spans) {
    const width = cellsOf(each.text);
    if (width > room) {
      spans.push({ ...each, text: clip(each.text, room, ellipsis) });
      break;
    }
    spans.push(each);
    room -= width;
    // What follows has no room, which the last letter has to say.
    if (room === 0) break;
  }
  return { ...given, spans };
}

/** One after the other, the first filled up to so many columns. */
export function beside(left: Line, columns: number, right: Line, ellipsis: string): Line {
  const clipped = clipLine(left, columns, ellipsis);
  const gap = " ".repeat(Math.max(0, columns - widthOf(clipped)));
  return { ...clipped, spans: [...clipped.spans, { text: gap }, ...right.spans] };
}

/** Left and right end of a line of so many columns; the left gives way. */
export function spread(left: Line, right: Line, columns: number, ellipsis: string): Line {
  const room = columns - widthOf(right);
  return beside(left, Math.max(0, room), room > 0 ? right : emptyLine, ellipsis);
}
