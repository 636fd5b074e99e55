/** The signs of the screen. Boxes and bars are in every font of a terminal; emoji and ambiguous widths are not used. */
export interface Glyphs {
  readonly isAscii: boolean;
  readonly ellipsis: string;
  readonly dot: string;
  readonly horizontal: string;
  readonly vertical: string;
  /** A cell of a bar that is full, and one that is not. */
  readonly full: string;
  readonly free: string;
  /** Heights of a bar, low to high. */
  readonly heights: readonly string[];
  readonly into: string;
  readonly arrow: string;
  readonly up: string;
  readonly down: string;
  readonly mark: string;
  /** Pictures of something that goes on. */
  readonly turning: readonly string[];
}

export const unicodeGlyphs: Glyphs = {
  isAscii: false,
  ellipsis: "…",
  dot: "·",
  horizontal: "─",
  vertical: "│",
  full: "█",
  free: "░",
  heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  into: "›",
  arrow: "→",
  up: "↑",
  down: "↓",
  mark: "*",
  turning: ["|", "/", "-", "\\"],
};

export const asciiGlyphs: Glyphs = {
  isAscii: true,
  ellipsis: "~",
  dot: "-",
  horizontal: "-",
  vertical: "|",
  full: "#",
  free: ".",
  heights: ["_", ".", ":", "-", "=", "+", "*", "#"],
  into: ">",
  arrow: "->",
  up: "^",
  down: "v",
  mark: "*",
  turning: ["|", "/", "-", "\\"],
};

/** A row of figures as a line of heights, the newest on the right. Undefined is a gap. */
export function sparkline(
  values: readonly (number | undefined)[],
  { glyphs, most }: { readonly glyphs: Glyphs; readonly most?: number },
): string {
  const known = values.filter((value) => value !== undefined);
  const top = most ?? Math.max(...known, 0);
  const last = glyphs.heights.length - 1;
  return values
    .map((value) => {
      if (value === undefined) return " ";
      const share = top <= 0 ? 0 : Math.min(1, Math.max(0, value / top));
      return glyphs.heights[Math.round(share * last)] ?? " ";
    })
    .join("");
}

/** How full something is, in so many cells. */
export function bar(share: number, columns: number, glyphs: Glyphs): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * columns);
  return glyphs.full.repeat(full) + glyphs.free.repeat(columns - full);
}
