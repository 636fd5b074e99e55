import { cellsOf, clip, safe, wrap } from "../lines/cells.ts";
import { count } from "../lines/format.ts";
import { emptyLine, line, span, type Line, type Span, type Tone } from "../lines/line.ts";
import type { ConsoleState } from "../state/console-state.ts";
import {
  expressionOf,
  shownLines,
  type KeptLine,
  type LogsState,
  type ShownLine,
} from "../state/logs-state.ts";
import type { Frame } from "./frame.ts";
import { padded } from "./list.ts";

/** Longer ones are cut: nobody reads them in a list, and each costs as much as a hundred others. */
const longestLine = 16 * 1024;
const hues = ["hue0", "hue1", "hue2", "hue3", "hue4", "hue5"] as const;

/** The log, its newest line at the end of the screen unless one has gone back. */
export function drawLogs(logs: LogsState, frame: Frame): readonly Line[] {
  const shown = shownLines(logs);
  if (shown.length === 0) return padded([emptyLine, ...waiting(logs)], frame);
  const end = Math.max(0, shown.length - logs.fromEnd);
  const streams = [...new Set(logs.lines.map(({ stream }) => stream))].sort();
  const drawn: (readonly Line[])[] = [];
  let used = 0;
  for (let index = end - 1; index >= 0 && used < frame.rows; index--) {
    const each = shown[index];
    if (each === undefined) continue;
    const lines = drawShown(each, { logs, streams, frame });
    drawn.push(lines);
    used += lines.length;
  }
  const lines = drawn.reverse().flat();
  // Where the newest is not the last, lines that have no room are those of the end.
  const fitting = lines.length > frame.rows ? lines.slice(lines.length - frame.rows) : lines;
  return padded(fitting, frame);
}

/** What limits what is seen, for the line of the path. */
export function logsSummary({ logs }: ConsoleState, { glyphs }: Frame): readonly Span[] {
  if (logs === undefined) return [];
  const attached = logs.streams.filter(({ state }) => state === "attached").length;
  const retrying = logs.streams.find(({ state }) => state === "retrying");
  const parts: readonly Span[] = [
    ...(logs.search === ""
      ? []
      : [span(`${logs.onlyMatches ? "only " : ""}/${logs.search}`, "accent")]),
    ...(logs.level === undefined ? [] : [span(`${logs.level} and above`, "accent")]),
    ...(logs.interest.previous ? [span("before the last restart", "accent")] : []),
    ...(logs.interest.sinceSeconds === undefined
      ? []
      : [span(`last ${logs.interest.sinceSeconds / 60} m`, "accent")]),
    ...(retrying === undefined ? [] : [span("! asking again", "warn")]),
    ...(logs.streams.length > 1 ? [span(count(attached, "container"), "dim")] : []),
    logs.isFollowing && logs.fromEnd === 0
      ? span("following", "good")
      : span(logs.fromEnd === 0 ? "standing still" : `${logs.fromEnd} lines from the end`, "warn"),
  ];
  return parts.flatMap((part, index) =>
    index === 0 ? [part] : [span(` ${glyphs.dot} `, "dim"), part],
  );
}

function waiting(logs: LogsState): readonly Line[] {
  if (logs.lines.length > 0)
    return [line("  ", span("No line is left by the filter; esc takes it away."))];
  if (logs.streams.length === 0) return [line("  ", span("Asking for the log."))];
  return logs.streams.map(({ stream, state, reason }) =>
    line(
      "  ",
      span(stream.split("/").slice(1).join(" "), "strong"),
      span(
        state === "attached"
          ? "  has logged nothing yet"
          : `  ${state === "waiting" ? "not started yet" : state}${reason === undefined ? "" : `: ${reason}`}`,
      ),
    ),
  );
}

interface Drawing {
  readonly logs: LogsState;
  readonly streams: readonly string[];
  readonly frame: Frame;
}

function drawShown(shown: ShownLine, drawing: Drawing): readonly Line[] {
  const { frame } = drawing;
  switch (shown.type) {
    case "gap":
      return [line(span(`  ${frame.glyphs.dot}${frame.glyphs.dot}${frame.glyphs.dot}`, "dim"))];
    case "skipped":
      return [
        line(
          span(
            `  ${shown.count} lines are not kept here; airfield logs prints all of them`,
            "warn",
          ),
        ),
      ];
    case "folded":
      return [
        line(
          ...prefixOf(shown.line, drawing),
          span(
            `    ${frame.glyphs.ellipsis} ${count(shown.count, "frame")} of libraries, x shows them`,
            "dim",
          ),
        ),
      ];
    case "line":
      return drawLine(shown.line, shown.isContext, drawing);
  }
}

function drawLine(kept: KeptLine, isContext: boolean, drawing: Drawing): readonly Line[] {
  const { logs, frame } = drawing;
  const prefix = prefixOf(kept, drawing);
  const indent = prefix.reduce((sum, { text }) => sum + cellsOf(text), 0);
  const text = safe(clip(logs.showsRaw ? kept.raw : kept.text, longestLine, frame.glyphs.ellipsis));
  const tone = isContext ? "dim" : toneOf(kept);
  const room = Math.max(10, frame.columns - indent);
  if (!logs.wraps) {
    const from = text.slice(logs.left);
    return [line(...prefix, ...highlighted(clip(from, room, frame.glyphs.ellipsis), tone, logs))];
  }
  const pieces = wrap(text, room);
  return pieces.map((piece, index) =>
    index === 0
      ? line(...prefix, ...highlighted(piece, tone, logs))
      : line(span(" ".repeat(indent)), ...highlighted(piece, tone, logs)),
  );
}

/** Time and pod, as far as they are wanted. */
function prefixOf({ at, stream }: KeptLine, { logs, streams, frame }: Drawing): readonly Span[] {
  const time = logs.showsTime ? [span(`${at.slice(11, 23)} `, "dim")] : [];
  if (!logs.showsStream || streams.length < 2 || frame.columns < 60) return [span(" "), ...time];
  const tag = tagOf(stream, logs);
  const width = Math.min(24, Math.max(...streams.map((each) => tagOf(each, logs).length)));
  const hue = hues[streams.indexOf(stream) % hues.length] ?? "hue0";
  return [span(" "), ...time, span(`${tag.slice(-width).padEnd(width)} `, hue)];
}

/** What tells a stream from the others: the end of its pod's name, and its container where a pod has several. */
function tagOf(stream: string, { interest, streams }: LogsState): string {
  const [namespace = "", pod = "", container = ""] = stream.split("/");
  const own = pod.startsWith(`${interest.of.name}-`) ? pod.slice(interest.of.name.length + 1) : pod;
  const short = /-[a-z0-9]{5}$/.test(own) ? own.slice(-5) : own;
  const siblings = streams.filter((each) => each.stream.startsWith(`${namespace}/${pod}/`)).length;
  return siblings > 1 ? `${short} ${container}` : short;
}

function toneOf(kept: KeptLine): Tone {
  if (kept.isFrame) return kept.isOwnFrame ? "strong" : "dim";
  if (kept.isException || kept.level === "error") return "bad";
  if (kept.level === "warn") return "warn";
  return kept.level === "debug" || kept.level === "trace" ? "dim" : "plain";
}

export function highlighted(
  text: string,
  tone: Tone,
  { search }: { readonly search: string },
): readonly Span[] {
  if (search === "" || search.startsWith("!")) return [span(text, tone)];
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(expressionOf(search, "g"))) {
    // An expression that matches nothing at all is found everywhere.
    if (match[0] === "") continue;
    spans.push(span(text.slice(from, match.index), tone), span(match[0], "match"));
    from = match.index + match[0].length;
  }
  return [...spans, span(text.slice(from), tone)];
}
