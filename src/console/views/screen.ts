import { listOf } from "../lists/visible.ts";
import { beside, clipLine, emptyLine, line, span, type Line } from "../lines/line.ts";
import { currentPlace, type ConsoleState } from "../state/console-state.ts";
import { drawActuator } from "./actuator.ts";
import { drawDetails } from "./details.ts";
import { drawDocument } from "./document.ts";
import type { Frame } from "./frame.ts";
import { drawHeader } from "./header.ts";
import { drawHints } from "./hints.ts";
import { drawHome } from "./home.ts";
import { drawList, padded } from "./list.ts";
import { drawLogs } from "./logs.ts";
import { drawHelp, drawPanel } from "./panels.ts";
import { drawPath } from "./path.ts";

/** Below this, a table is no table. */
const least = { columns: 60, rows: 15 };
/** From here on what is selected is described beside the list. */
const wideColumns = 140;

/** The whole screen: exactly as many lines as it has rows, none wider than it is. Pure; nothing else is drawn. */
export function drawScreen(
  state: ConsoleState,
  given: Pick<Frame, "glyphs" | "commands">,
): readonly Line[] {
  const frame: Frame = { ...given, ...state.size };
  const { rows, columns, glyphs } = frame;
  if (columns < least.columns || rows < least.rows) {
    const text = `airfield ui needs ${least.columns} columns and ${least.rows} rows; this is ${columns} by ${rows}.`;
    return padded([clipLine(line(text), columns, glyphs.ellipsis)], frame);
  }
  const message = drawMessage(state, frame);
  const bodyRows = rows - 3 - message.length;
  const body = drawBody(state, { ...frame, rows: bodyRows });
  const lines = [
    drawHeader(state, frame),
    drawPath(state, frame),
    ...body,
    ...message,
    drawHints(state, frame),
  ];
  return padded(lines, frame).map((each) => clipLine(each, columns, glyphs.ellipsis));
}

function drawBody(state: ConsoleState, frame: Frame): readonly Line[] {
  if (state.overlay?.type === "help") return drawHelp(state, state.overlay.top, frame);
  const panel = drawPanel(state, frame);
  if (panel === undefined) return drawView(state, frame);
  const rest = Math.max(0, frame.rows - panel.length);
  return padded([...drawView(state, { ...frame, rows: rest }), ...panel], frame);
}

function drawView(state: ConsoleState, frame: Frame): readonly Line[] {
  const current = currentPlace(state);
  if (current.view === "logs") {
    return state.logs === undefined ? padded([], frame) : drawLogs(state.logs, frame);
  }
  if (current.view === "actuator") return drawActuator(state, frame);
  const list = listOf(current);
  if (list === undefined) return drawDocument(state, frame);
  const draw = (each: Frame) =>
    current.view === "home" ? drawHome(state, current, each) : drawList(state, current, list, each);
  if (frame.columns < wideColumns) return draw(frame);
  const details = drawDetails(state, frame);
  if (details === undefined) return draw(frame);
  const left = Math.max(90, Math.floor(frame.columns * 0.62));
  const right = frame.columns - left - 3;
  const described = padded(
    details.map((each) => clipLine(each, right, frame.glyphs.ellipsis)),
    frame,
  );
  const separator = span(` ${frame.glyphs.vertical} `, "dim");
  return draw({ ...frame, columns: left }).map((each, index) => {
    const side = described[index] ?? emptyLine;
    // A selected line is one piece of another colour, which must end where the list does.
    if (each.isSelected === true) return sideBySide(each, side, left, separator, frame);
    return beside(each, left, line(separator, ...side.spans), frame.glyphs.ellipsis);
  });
}

function sideBySide(
  selected: Line,
  side: Line,
  left: number,
  separator: { readonly text: string },
  { glyphs }: Frame,
): Line {
  return {
    ...beside(selected, left, emptyLine, glyphs.ellipsis),
    rest: [separator, ...side.spans],
  };
}

/** What an action says that runs, else what was said last. */
function drawMessage(state: ConsoleState, frame: Frame): readonly Line[] {
  const { message, actions, nowMs } = state;
  const running = actions.findLast(({ endedAtMs }) => endedAtMs === undefined);
  if (running !== undefined) {
    const seconds = Math.floor((nowMs - running.startedAtMs) / 1000);
    return [
      clipLine(
        line(
          " ",
          span(running.line, "accent"),
          span(`  ${seconds} s  `, "dim"),
          span(running.progress),
        ),
        frame.columns,
        frame.glyphs.ellipsis,
      ),
    ];
  }
  if (message === undefined) return [];
  const tone = message.tone;
  return [
    clipLine(
      line(" ", span(tone === "bad" ? "! " : "", "bad"), span(message.text, tone)),
      frame.columns,
      frame.glyphs.ellipsis,
    ),
  ];
}
