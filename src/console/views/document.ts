import { safe } from "../lines/cells.ts";
import { clipLine, emptyLine, line, span, type Line, type Span } from "../lines/line.ts";
import { currentPlace, type ConsoleState } from "../state/console-state.ts";
import { highlighted } from "./logs.ts";
import type { Frame } from "./frame.ts";
import { padded } from "./list.ts";

/** A text from its first line that is shown: YAML, a description, what an action said. */
export function drawDocument(state: ConsoleState, frame: Frame): readonly Line[] {
  const { top, search } = currentPlace(state);
  if (state.document === undefined) {
    return padded([emptyLine, line("  ", span("Asking the cluster."))], frame);
  }
  const shown = state.document.lines.slice(top, top + frame.rows);
  return padded(
    shown.map((text) =>
      clipLine(line("  ", ...drawText(safe(text), search)), frame.columns, frame.glyphs.ellipsis),
    ),
    frame,
  );
}

function drawText(text: string, search: string): readonly Span[] {
  if (search !== "") return highlighted(text, "plain", { search });
  if (text.startsWith("! ")) return [span(text, "bad")];
  const [, indent = "", key, rest = ""] =
    /^([\s-]*)([\w./()-]+(?: [\w./()-]+)*:)(.*)$/.exec(text) ?? [];
  return key === undefined ? [span(text)] : [span(indent), span(key, "accent"), span(rest)];
}
