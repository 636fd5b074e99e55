import { cellsOf, safe } from "./cells.ts";
import type { Line, Span, Tone } from "./line.ts";

/** How many colours a terminal has: none at all (NO_COLOR), the 16 of every terminal, or 256. */
export type ColourDepth = "none" | "16" | "256";

/**
 * SGR codes of a tone. Only the terminal's own 16 colours on its own background, so that light and dark themes both read
 * well; no meaning is told by colour alone. https://no-color.org
 */
const codes: Readonly<Record<Exclude<ColourDepth, "256">, Readonly<Record<Tone, string>>>> = {
  none: {
    plain: "",
    dim: "",
    strong: "1",
    accent: "",
    good: "",
    warn: "1",
    bad: "1",
    heading: "1",
    key: "1",
    match: "7",
    hue0: "",
    hue1: "",
    hue2: "",
    hue3: "",
    hue4: "",
    hue5: "",
  },
  "16": {
    plain: "",
    dim: "2",
    strong: "1",
    accent: "36",
    good: "32",
    warn: "33",
    bad: "1;31",
    heading: "1",
    key: "1;36",
    match: "7;33",
    hue0: "36",
    hue1: "35",
    hue2: "34",
    hue3: "32",
    hue4: "33",
    hue5: "31",
  },
};

/** Greys and hues in the middle of the scale, which stand out on white as well as on black. */
const codes256: Readonly<Record<Tone, string>> = {
  ...codes["16"],
  dim: "38;5;244",
  hue0: "38;5;37",
  hue1: "38;5;133",
  hue2: "38;5;68",
  hue3: "38;5;71",
  hue4: "38;5;172",
  hue5: "38;5;167",
};

/** A line as a terminal takes it. The only place where text becomes bytes: no control character of the world passes. */
export function paint(
  { spans, isSelected = false, rest = [] }: Line,
  {
    depth,
    columns,
    isAscii,
  }: { readonly depth: ColourDepth; readonly columns: number; readonly isAscii: boolean },
): string {
  const clean = (text: string) => {
    const shown = safe(text);
    return isAscii ? shown.replace(/[^\u0020-\u007e]/gu, "?") : shown;
  };
  const table = depth === "256" ? codes256 : codes[depth];
  const colour = (given: readonly Span[]) => {
    let painted = "";
    for (const { text, tone = "plain" } of given) {
      const code = table[tone];
      const shown = clean(text);
      painted += code === "" || shown === "" ? shown : `\u001b[${code}m${shown}\u001b[0m`;
    }
    return painted;
  };
  if (!isSelected) return colour(spans);
  const text = spans.map((each) => clean(each.text)).join("");
  const filled = " ".repeat(rest.length > 0 ? 0 : Math.max(0, columns - cellsOf(text)));
  return `\u001b[7m${text}${filled}\u001b[27m${colour(rest)}`;
}
