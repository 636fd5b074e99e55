import stringWidth from "string-width";

// Most of what a screen shows is this, and needs no table of Unicode.
const PLAIN = /^[\u0020-\u007e]*$/;

/**
 * What must not reach a terminal: control characters, which would move its cursor, and the marks that turn the direction
 * of text, which would tear the columns. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
// eslint-disable-next-line no-control-regex -- they are what is removed
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text of the world as it may be drawn. */
export function safe(text: string): string {
  return PLAIN.test(text) ? text : text.replace(/\t/g, "  ").replace(UNSAFE, "");
}

/** Columns that a text takes in a terminal. */
export function cellsOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** At most so many columns of a text, its end replaced by `ellipsis` where it is longer. */
export function clip(text: string, columns: number, ellipsis: string): string {
  if (cellsOf(text) <= columns) return text;
  if (columns <= 0) return "";
  const room = columns - cellsOf(ellipsis);
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, room)) + (room < 0 ? "" : ellipsis);
  let kept = "";
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    const width = stringWidth(segment);
    if (used + width > room) break;
    kept += segment;
    used += width;
  }
  return room < 0 ? "" : kept + ellipsis;
}

const segments = new Intl.Segmenter("en");

/** Exactly so many columns: cut, or filled with spaces on the side that `align` leaves. */
export function fit(
  text: string,
  columns: number,
  { align = "left", ellipsis }: { readonly align?: "left" | "right"; readonly ellipsis: string },
): string {
  const clipped = clip(text, columns, ellipsis);
  const rest = " ".repeat(Math.max(0, columns - cellsOf(clipped)));
  return align === "left" ? clipped + rest : rest + clipped;
}

/** A long text in lines of at most so many columns, broken between words where it can be. */
export function wrap(text: string, columns: number): readonly string[] {
  if (columns <= 0 || cellsOf(text) <= columns) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (cellsOf(line) + cellsOf(word.trimEnd()) > columns && line !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    line += word;
    while (cellsOf(line.trimEnd()) > columns) {
      const head = clip(line, columns, "");
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line.trimEnd() === "" ? lines : [...lines, line.trimEnd()];
}
